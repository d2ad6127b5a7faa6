package dev.weir.agent.cli.jvm;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.weir.agent.cli.CommandFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code java -jar weir.jar doctor [pid]}. */
@Command(
        name = "doctor",
        description = {
            "Looks at Weir in a running JVM: what it follows, what it should follow and does not, what failed, and"
                    + " whether spans get away.",
            "Without <pid>: lists the JVMs of this user. Starts the JVM's local management agent, as jconsole does."
        },
        sortOptions = false)
public final class DoctorCommand implements Callable<Integer> {

    private static final int CONNECT_MILLIS = 2_000;

    @Parameters(arity = "0..1", paramLabel = "<pid>", description = "A JVM's process id.")
    private @Nullable String pid;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Printed printed = Printed.of(Printed.spec(spec), json);
        return pid == null ? list(printed) : examine(pid, printed);
    }

    private static int list(Printed printed) {
        JsonArray found = new JsonArray();
        StringBuilder text = new StringBuilder();
        for (RunningJvm.Listed listed : RunningJvm.all()) {
            String state = state(listed.pid());
            JsonObject row = new JsonObject();
            row.addProperty("pid", listed.pid());
            row.addProperty("name", listed.name());
            row.addProperty("weir", state);
            found.add(row);
            text.append(String.format("%8s  %-10s  %s%n", listed.pid(), state, listed.name()));
        }
        JsonObject answer = new JsonObject();
        answer.add("jvms", found);
        String heading = found.isEmpty()
                ? "This user runs no other JVM."
                : String.format("%8s  %-10s  %s%n", "pid", "weir", "application");
        printed.print(answer, (heading + text).stripTrailing());
        return Printed.WELL;
    }

    private static String state(String pid) {
        try (RunningJvm jvm = RunningJvm.of(pid)) {
            return jvm.hasWeir() ? "yes" : jvm.hasFailed() ? "failed" : "no";
        } catch (CommandFailure e) {
            return "unknown";
        }
    }

    private static int examine(String pid, Printed printed) {
        try (RunningJvm jvm = RunningJvm.of(pid)) {
            jvm.checkWeir();
            List<String> wrong = new ArrayList<>();
            JsonObject answer = new JsonObject();
            StringBuilder text = new StringBuilder();
            answer.addProperty("pid", pid);
            answer.addProperty("version", String.valueOf(jvm.agent("Version")));
            answer.addProperty("java", jvm.property("java.version"));
            line(
                    text,
                    "process " + pid + ": weir " + jvm.agent("Version") + " on Java " + jvm.property("java.version"));
            adapters(jvm, answer, text, wrong);
            rules(jvm, answer, text);
            export(jvm, answer, text, wrong);
            counts(jvm, answer, text, wrong);
            JsonArray problems = new JsonArray();
            wrong.forEach(problems::add);
            answer.add("problems", problems);
            line(text, "");
            if (wrong.isEmpty()) line(text, "All is well.");
            for (String each : wrong) line(text, "! " + each);
            printed.print(answer, text.toString().stripTrailing());
            return wrong.isEmpty() ? Printed.WELL : Printed.WRONG;
        }
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append(System.lineSeparator());
    }

    private static void adapters(RunningJvm jvm, JsonObject answer, StringBuilder text, List<String> wrong) {
        JsonArray list = new JsonArray();
        List<String> waiting = new ArrayList<>();
        line(text, "");
        line(text, "follows");
        for (CompositeData adapter : RunningJvm.rows(jvm.agent("Adapters"))) {
            String name = String.valueOf(adapter.get("name"));
            String[] woven = (String[]) adapter.get("woven");
            String[] unmatched = (String[]) adapter.get("unmatched");
            JsonObject row = new JsonObject();
            row.addProperty("name", name);
            row.add("woven", Printed.array(List.of(woven)));
            row.add("unmatched", Printed.array(List.of(unmatched)));
            list.add(row);
            if (woven.length > 0) {
                line(text, String.format("  %-24s %d %s", name, woven.length, woven.length == 1 ? "class" : "classes"));
            } else if (unmatched.length == 0) {
                waiting.add(name);
            } else {
                wrong.add("adapter " + name + " knows no method of " + String.join(", ", unmatched)
                        + ": this version of the library is not followed. See docs/library-versions.md.");
            }
        }
        answer.add("adapters", list);
        if (list.isEmpty()) line(text, "  (this agent is too old to say)");
        if (!waiting.isEmpty()) line(text, "not loaded there: " + String.join(", ", waiting));
    }

    private static void rules(RunningJvm jvm, JsonObject answer, StringBuilder text) {
        JsonObject modes = new JsonObject();
        List<String> shown = new ArrayList<>();
        for (String rule : jvm.rules()) {
            String mode = String.valueOf(jvm.rule(rule, "Mode"));
            modes.addProperty(rule, mode);
            shown.add(rule + " " + mode);
        }
        answer.add("rules", modes);
        line(text, "rules: " + String.join(", ", shown));
        List<String> circuits = texts(jvm.agent("Circuits"));
        answer.add("circuits", Printed.array(circuits));
        // Weir is well; it is the destination that is not.
        if (!circuits.isEmpty()) line(text, "circuits: " + String.join(", ", circuits));
    }

    private static void export(RunningJvm jvm, JsonObject answer, StringBuilder text, List<String> wrong) {
        String endpoint = String.valueOf(jvm.agent("Endpoint"));
        Object problem = jvm.agent("ExportProblem");
        long sent = number(jvm.agent("SpansSent"));
        long dropped = number(jvm.agent("SpansDropped"));
        answer.addProperty("endpoint", endpoint);
        answer.addProperty("spansSent", sent);
        answer.addProperty("spansDropped", dropped);
        line(text, "spans: " + sent + " sent, " + dropped + " dropped, to " + endpoint);
        if (problem != null) {
            wrong.add("spans do not reach " + endpoint + ": " + problem);
        } else {
            String refusal = refusal(endpoint);
            if (refusal != null) {
                wrong.add(endpoint + " does not answer from here: " + refusal
                        + ". Start a receiver (java -jar weir.jar serve) or set otel.exporter.otlp.endpoint.");
            }
        }
        if (dropped > 0) wrong.add(dropped + " spans were dropped");
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    /** Why nobody listens there; {@code null} when somebody does, or when it cannot be asked. */
    private static @Nullable String refusal(String endpoint) {
        if (!endpoint.startsWith("http")) return null;
        try (Socket socket = new Socket()) {
            URI uri = URI.create(endpoint);
            int port = uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
            socket.connect(new InetSocketAddress(uri.getHost(), port), CONNECT_MILLIS);
            return null;
        } catch (IOException | IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void counts(RunningJvm jvm, JsonObject answer, StringBuilder text, List<String> wrong) {
        Object blown = jvm.agent("BlownFuses");
        List<String> fuses = texts(blown);
        long failures = number(jvm.agent("Failures"));
        long malformed = number(jvm.agent("MalformedHeaders"));
        answer.add("blownFuses", Printed.array(fuses));
        answer.addProperty("failures", failures);
        answer.addProperty("malformedHeaders", malformed);
        line(text, "fuses blown: " + fuses.size() + "; failures: " + failures + "; malformed headers: " + malformed);
        for (String fuse : fuses) wrong.add("a fuse blew, and this advice is off: " + fuse);
        if (failures > 0) wrong.add("Weir failed " + failures + " times; the JVM's stderr says where");
        List<String> complaints = texts(jvm.agent("Complaints"));
        answer.add("complaints", Printed.array(complaints));
        wrong.addAll(complaints);
    }

    private static List<String> texts(@Nullable Object value) {
        return value instanceof String[] texts ? List.of(texts) : List.of();
    }
}
