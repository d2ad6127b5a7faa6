package dev.weir.agent.cli.jvm;

import com.google.gson.JsonObject;
import dev.weir.agent.cli.CommandFailure;
import java.io.File;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code java -jar weir.jar attach <pid>}. */
@Command(
        name = "attach",
        description = "Starts Weir in a JVM that runs already. It stays until that JVM ends.",
        sortOptions = false)
public final class AttachCommand implements Callable<Integer> {

    @Parameters(paramLabel = "<pid>", description = "The JVM's process id; 'doctor' lists them.")
    private String pid = "";

    @Option(
            names = {"-D", "--set"},
            paramLabel = "<setting=value>",
            description = "A setting for that JVM, such as -Dweir.mode=enforce. Can be given several times.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws URISyntaxException, ClassNotFoundException {
        CommandSpec run = Printed.spec(spec);
        StringBuilder arguments = new StringBuilder();
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            if (setting.getValue().indexOf(',') >= 0) {
                throw new ParameterException(
                        run.commandLine(),
                        "-D" + setting.getKey() + "=" + setting.getValue()
                                + ": a value with a comma cannot be handed to a"
                                + " running JVM. Put it into the weir.properties of its working directory.");
            }
            arguments.append(arguments.length() == 0 ? "" : ",");
            arguments.append(setting.getKey()).append('=').append(setting.getValue());
        }
        try (RunningJvm jvm = RunningJvm.of(pid)) {
            if (jvm.hasWeir()) throw new CommandFailure("Weir is in process " + pid + " already; nothing changed.");
            if (jvm.hasFailed()) {
                throw new CommandFailure("Weir could not start in process " + pid
                        + " before, and does not try again in the same JVM. Its stderr says why.");
            }
            jvm.load(jar(), arguments.toString());
            if (!jvm.hasWeir()) {
                throw new CommandFailure("Weir did not start in process " + pid + "; its stderr says why.");
            }
            JsonObject answer = new JsonObject();
            answer.addProperty("pid", pid);
            answer.addProperty("attached", true);
            Printed.of(run, json)
                    .print(answer, "Weir is in process " + pid + " now. Look at it: java -jar weir.jar doctor " + pid);
            return Printed.WELL;
        }
    }

    /** The jar that this command came from. */
    private static String jar() throws URISyntaxException, ClassNotFoundException {
        Class<?> main = ClassLoader.getSystemClassLoader().loadClass("dev.weir.agent.WeirAgent");
        return new File(main.getProtectionDomain().getCodeSource().getLocation().toURI()).getAbsolutePath();
    }
}
