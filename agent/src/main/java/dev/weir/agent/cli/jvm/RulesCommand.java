package dev.weir.agent.cli.jvm;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;
import dev.weir.agent.config.SettingsFile;
import dev.weir.agent.rules.Mode;
import dev.weir.agent.rules.RuleNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code java -jar weir.jar rules [pid]}. */
@Command(
        name = "rules",
        description = {
            "Shows every rule: its mode, its options, and where each value came from.",
            "Without <pid>: as a JVM would have them that starts here, with this environment and this folder's"
                    + " weir.properties."
        },
        sortOptions = false)
public final class RulesCommand implements Callable<Integer> {

    private static final int LONGEST_VALUE = 48;

    @Parameters(arity = "0..1", paramLabel = "<pid>", description = "A JVM's process id; 'doctor' lists them.")
    private @Nullable String pid;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    private record Row(String name, String value, String defaultValue, String from) {}

    private record RuleRows(String rule, String mode, String from, List<Row> options) {}

    @Override
    public Integer call() {
        CommandSpec run = Printed.spec(spec);
        List<String> complaints = new ArrayList<>();
        List<RuleRows> rules = pid == null ? here(complaints) : there(pid);
        JsonArray list = new JsonArray();
        StringBuilder text = new StringBuilder();
        for (RuleRows rule : rules) {
            list.add(json(rule));
            print(rule, text);
        }
        for (String complaint : complaints) text.append(System.lineSeparator()).append(complaint);
        JsonObject answer = new JsonObject();
        answer.add("rules", list);
        answer.add("complaints", Printed.array(complaints));
        Printed.of(run, json).print(answer, text.toString().stripTrailing());
        return complaints.isEmpty() ? Printed.WELL : Printed.WRONG;
    }

    /** What a JVM would have that starts here. */
    private static List<RuleRows> here(List<String> complaints) {
        Map<String, String> properties = new HashMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("weir.")) properties.put(name, System.getProperty(name));
        }
        Settings without = new Settings(properties, System.getenv(), Map.of(), complaints::add);
        Settings settings =
                without.withFile(SettingsFile.find(without, complaints::add).read(complaints::add), complaints::add);
        Mode all = mode(settings, Setting.MODE.key(), Mode.OBSERVE, complaints);
        List<RuleRows> rules = new ArrayList<>();
        for (String rule : RuleNames.ALL) {
            String key = settings.modeKey(rule);
            Mode mode = key.equals(Setting.MODE.key()) ? all : mode(settings, key, all, complaints);
            List<Row> options = new ArrayList<>();
            for (Setting option : Setting.of(rule)) {
                options.add(new Row(
                        option.key(), settings.text(option), option.defaultValue(), settings.where(option.key())));
            }
            rules.add(new RuleRows(rule, mode.word(), settings.modeFrom(rule), options));
        }
        return rules;
    }

    private static Mode mode(Settings settings, String key, Mode otherwise, List<String> complaints) {
        String given = settings.given(key);
        if (given == null) given = Setting.MODE.defaultValue();
        Mode mode = Mode.read(given);
        if (mode != null) return mode;
        complaints.add("weir: " + key + "=" + Settings.shown(given) + " is not one of off, observe, enforce; "
                + otherwise.word() + " would hold.");
        return otherwise;
    }

    /** What a running JVM has. */
    private static List<RuleRows> there(String pid) {
        try (RunningJvm jvm = RunningJvm.of(pid)) {
            jvm.checkWeir();
            List<RuleRows> rules = new ArrayList<>();
            for (String rule : jvm.rules()) {
                List<Row> options = new ArrayList<>();
                for (CompositeData option : RunningJvm.rows(jvm.rule(rule, "Options"))) {
                    options.add(new Row(
                            String.valueOf(option.get("name")),
                            String.valueOf(option.get("value")),
                            String.valueOf(option.get("defaultValue")),
                            String.valueOf(option.get("from"))));
                }
                Object from = jvm.rule(rule, "ModeFrom");
                rules.add(new RuleRows(
                        rule,
                        String.valueOf(jvm.rule(rule, "Mode")),
                        from == null ? "unknown" : from.toString(),
                        options));
            }
            return rules;
        }
    }

    private static JsonObject json(RuleRows rule) {
        JsonObject object = new JsonObject();
        object.addProperty("rule", rule.rule());
        object.addProperty("mode", rule.mode());
        object.addProperty("from", rule.from());
        JsonArray options = new JsonArray();
        for (Row row : rule.options()) {
            JsonObject option = new JsonObject();
            option.addProperty("name", row.name());
            option.addProperty("value", row.value());
            option.addProperty("default", row.defaultValue());
            option.addProperty("from", row.from());
            options.add(option);
        }
        object.add("options", options);
        return object;
    }

    private static void print(RuleRows rule, StringBuilder to) {
        if (to.length() > 0) to.append(System.lineSeparator());
        to.append(String.format("%-16s  %-8s %s%n", rule.rule(), rule.mode(), rule.from()));
        for (Row row : rule.options()) {
            boolean changed = !row.value().equals(row.defaultValue());
            to.append(String.format("  %s = %s", row.name(), cut(row.value())));
            if (changed) {
                to.append(String.format(
                        "   (%s; default %s)",
                        row.from(), row.defaultValue().isEmpty() ? "none" : cut(row.defaultValue())));
            }
            to.append(System.lineSeparator());
        }
    }

    private static String cut(String value) {
        return Settings.shown(value, LONGEST_VALUE);
    }
}
