package dev.weir.agent.cli;

import com.google.gson.JsonObject;
import dev.weir.agent.cli.jvm.AttachCommand;
import dev.weir.agent.cli.jvm.DoctorCommand;
import dev.weir.agent.cli.jvm.ModeCommand;
import dev.weir.agent.cli.jvm.RulesCommand;
import dev.weir.agent.cli.report.ReportCommand;
import dev.weir.agent.cli.serve.ServeCommand;
import dev.weir.agent.cli.transfer.ExportCommand;
import dev.weir.agent.cli.transfer.ImportCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code java -jar weir.jar <command>}. */
@Command(
        name = "java -jar weir.jar",
        header = "Weir shows, and then stops, cascades of side effects in JVMs that run AI agents.",
        footer = {
            "",
            "Exit codes: 0 all is well, 1 something is wrong, 2 the command line cannot be understood.",
            "As an agent: java -javaagent:weir.jar -jar your-application.jar"
        },
        subcommands = {
            ServeCommand.class,
            ReportCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            RulesCommand.class,
            DoctorCommand.class,
            AttachCommand.class,
            ModeCommand.class,
            WeirCommand.Version.class
        })
public final class WeirCommand implements Callable<Integer> {
    private static final int WRONG = 1;
    private static final int USAGE = 2;

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs a command line to its end and returns the exit code. */
    public static int run(String[] args) {
        CommandLine commandLine = new CommandLine(new WeirCommand());
        offerHelp(commandLine);
        commandLine.getSubcommands().values().forEach(WeirCommand::offerHelp);
        commandLine.setParameterExceptionHandler((problem, ignored) -> explain(problem));
        commandLine.setExecutionExceptionHandler((problem, failed, parsed) -> {
            if (!(problem instanceof CommandFailure)) throw problem;
            failed.getErr().println("weir: " + problem.getMessage());
            return WRONG;
        });
        return commandLine.execute(args);
    }

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
        }
        return USAGE;
    }

    private static void offerHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help.")
                        .build());
    }

    private static int explain(ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        if (problem instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            List<String> near = near(command, word);
            err.println("weir: there is no '" + word + "'."
                    + (near.isEmpty() ? "" : " Did you mean " + String.join(" or ", near) + "?"));
            if (!command.getSubcommands().isEmpty()) {
                err.println("Commands: "
                        + String.join(", ", command.getSubcommands().keySet()));
            }
        } else {
            err.println("weir: " + problem.getMessage());
        }
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        return USAGE;
    }

    private static List<String> near(CommandLine command, String word) {
        String name = word.startsWith("-") ? word.replaceFirst("=.*", "") : word;
        return new UnmatchedArgumentException(command, List.of(name)).getSuggestions();
    }

    /** {@code java -jar weir.jar version}. */
    @Command(name = "version", description = "Prints the versions of Weir and of this JVM.")
    static final class Version implements Callable<Integer> {
        @Option(names = "--json", description = "Answer in JSON.")
        private boolean json;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            String java = System.getProperty("java.version");
            String vendor = System.getProperty("java.vendor");
            JsonObject answer = new JsonObject();
            answer.addProperty("weir", version());
            answer.addProperty("java", java);
            answer.addProperty("vendor", vendor);
            String line = "weir " + version() + ", Java " + java + " (" + vendor + ")";
            if (spec != null) spec.commandLine().getOut().println(json ? answer.toString() : line);
            return 0;
        }

        private static String version() throws IOException {
            try (InputStream in = WeirCommand.class.getResourceAsStream("version.properties")) {
                Properties properties = new Properties();
                if (in != null) {
                    properties.load(in);
                }
                return properties.getProperty("version", "(version unknown)");
            }
        }
    }
}
