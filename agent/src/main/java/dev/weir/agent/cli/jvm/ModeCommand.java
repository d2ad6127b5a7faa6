package dev.weir.agent.cli.jvm;

import com.google.gson.JsonObject;
import dev.weir.agent.rules.Mode;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code java -jar weir.jar mode <pid> <rule> <mode>}. */
@Command(
        name = "mode",
        description = "Switches a rule in a running JVM. It holds until that JVM ends or its settings file changes.",
        sortOptions = false)
public final class ModeCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "<pid>", description = "The JVM's process id; 'doctor' lists them.")
    private String pid = "";

    @Parameters(index = "1", paramLabel = "<rule>", description = "A rule, or 'all'; 'rules' lists them.")
    private String rule = "";

    @Parameters(index = "2", paramLabel = "<mode>", description = "off, observe or enforce.")
    private String mode = "";

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec run = Printed.spec(spec);
        Mode wanted = Mode.read(mode);
        if (wanted == null) {
            throw new ParameterException(run.commandLine(), "mode '" + mode + "' is not one of off, observe, enforce");
        }
        try (RunningJvm jvm = RunningJvm.of(pid)) {
            jvm.checkWeir();
            List<String> rules = jvm.rules();
            if (!rule.equals("all") && !rules.contains(rule)) {
                throw new ParameterException(
                        run.commandLine(),
                        "process " + pid + " has no rule '" + rule + "'. Its rules: " + String.join(", ", rules));
            }
            JsonObject answer = new JsonObject();
            StringBuilder text = new StringBuilder();
            for (String each : rule.equals("all") ? rules : List.of(rule)) {
                String before = String.valueOf(jvm.rule(each, "Mode"));
                jvm.mode(each, wanted.word());
                JsonObject change = new JsonObject();
                change.addProperty("before", before);
                change.addProperty("now", wanted.word());
                answer.add(each, change);
                text.append(text.length() == 0 ? "" : System.lineSeparator());
                text.append(each).append(": ").append(before).append(" → ").append(wanted.word());
            }
            Printed.of(run, json).print(answer, text.toString());
            return Printed.WELL;
        }
    }
}
