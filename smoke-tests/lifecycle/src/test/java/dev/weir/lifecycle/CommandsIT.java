package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@code java -jar weir.jar doctor}, {@code attach}, {@code mode} and {@code rules} with real JVMs. */
class CommandsIT {

    private record Said(int code, String out, String err) {

        JsonObject json() {
            return JsonParser.parseString(out).getAsJsonObject();
        }
    }

    @TempDir
    private Path folder;

    private Said weir(Map<String, String> environment, String... words) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", Fork.weirJar()));
        command.addAll(List.of(words));
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_") || name.startsWith("WEIR_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "still running: " + command);
        } finally {
            process.destroyForcibly();
        }
        return new Said(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private Said weir(String... words) throws Exception {
        return weir(Map.of(), words);
    }

    @TestFactory
    List<DynamicTest> aRunningJvmIsFoundAttachedToAndSwitched() throws IOException {
        return InstalledJdk.all().stream()
                .map(jdk -> DynamicTest.dynamicTest(jdk.toString(), () -> findAttachSwitch(jdk)))
                .toList();
    }

    private void findAttachSwitch(InstalledJdk jdk) throws Exception {
        try (Target target = new Target();
                Collector collector = Collector.start();
                Program program = Fork.of(Busy.class, target.url("/x"))
                        .on(jdk)
                        .jvm("-Dotel.exporter.otlp.endpoint=" + collector.endpoint())
                        .start()) {
            program.awaitStdout("calling"::equals);
            String pid = Long.toString(program.pid());
            assertEquals("no", listed(pid));
            Said absent = weir("mode", pid, "deadline", "enforce");
            assertEquals(1, absent.code());
            assertTrue(absent.err().contains("java -jar weir.jar attach " + pid), absent.err());

            Said attached = weir("attach", pid, "-Dweir.rule.deadline=off", "-D", "log=debug");
            assertEquals(0, attached.code(), attached.err());
            program.awaitStderr(line -> line.contains(" attached: rules ") && line.contains("deadline off"));
            assertEquals("yes", listed(pid));
            assertEquals(1, weir("attach", pid).code());

            Said switched = weir("mode", pid, "deadline", "enforce", "--json");
            assertEquals(0, switched.code(), switched.err());
            assertEquals(
                    "{\"before\":\"off\",\"now\":\"enforce\"}",
                    switched.json().get("deadline").toString());
            program.awaitStderr("weir: rule deadline is now enforce (JMX)"::equals);
            JsonObject deadline = rule(weir("rules", pid, "--json"), "deadline");
            assertEquals("enforce", deadline.get("mode").getAsString());
            assertEquals("JMX", deadline.get("from").getAsString());

            target.awaitHits(target.hits().size() + 200);
            Said well = weir("doctor", pid);
            assertEquals(0, well.code(), well.out() + well.err());
            assertTrue(well.out().contains("jdk-http-client"), well.out());
            assertTrue(well.out().contains("deadline enforce"), well.out());
            assertTrue(well.out().stripTrailing().endsWith("All is well."), well.out());
            Said json = weir("doctor", pid, "--json");
            assertEquals(0, json.json().getAsJsonArray("problems").size());
            assertTrue(json.json().get("spansSent").getAsLong() > 0);
            program.end();
        }
    }

    private String listed(String pid) throws Exception {
        for (JsonElement jvm : weir("doctor", "--json").json().getAsJsonArray("jvms")) {
            JsonObject row = jvm.getAsJsonObject();
            if (row.get("pid").getAsString().equals(pid)) return row.get("weir").getAsString();
        }
        return "not listed";
    }

    private static JsonObject rule(Said rules, String name) {
        for (JsonElement rule : rules.json().getAsJsonArray("rules")) {
            JsonObject row = rule.getAsJsonObject();
            if (row.get("rule").getAsString().equals(name)) return row;
        }
        throw new AssertionError("no rule " + name + " in " + rules);
    }

    /** Holds a port at which nobody listens. */
    private static Socket bound() throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
    }

    @Test
    void theDoctorNamesWhatIsWrong() throws Exception {
        try (Target target = new Target();
                Socket nobody = bound();
                Program program = Fork.of(Busy.class, target.url("/x"))
                        .weir(
                                "otel.exporter.otlp.endpoint=http://127.0.0.1:" + nobody.getLocalPort(),
                                "weir.mod=enforce")
                        .start()) {
            program.awaitStdout("calling"::equals);
            Said said = weir("doctor", Long.toString(program.pid()));
            assertEquals(1, said.code());
            assertTrue(
                    said.out().contains("! spans do not reach") || said.out().contains("does not answer"), said.out());
            assertTrue(said.out().contains("weir.mod") && said.out().contains("weir.mode"), said.out());
            program.end();
        }
    }

    @Test
    void rulesOfAJvmThatWouldStartHere() throws Exception {
        Files.writeString(
                folder.resolve("weir.properties"), "weir.rule.deadline=enforce\nweir.rule.retry-budget.attempts=7\n");
        Said said = weir(Map.of("WEIR_MODE", "off"), "rules", "--json");
        assertEquals(0, said.code(), said.err());
        JsonObject deadline = rule(said, "deadline");
        assertEquals("enforce", deadline.get("mode").getAsString());
        assertEquals("settings file", deadline.get("from").getAsString());
        JsonObject budget = rule(said, "retry-budget");
        assertEquals("off", budget.get("mode").getAsString());
        assertEquals("environment WEIR_MODE (weir.mode)", budget.get("from").getAsString());
        Said text = weir("rules");
        assertTrue(text.out().contains("weir.rule.retry-budget.attempts = 7   (settings file; default 4)"), text.out());
        Said wrong = weir(Map.of("WEIR_MODE", "enforced"), "rules");
        assertEquals(1, wrong.code());
        assertTrue(wrong.out().contains("weir.mode=enforced is not one of off, observe, enforce"), wrong.out());
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        Said nobody = weir("doctor", "999999999");
        assertEquals(1, nobody.code());
        assertTrue(nobody.err().startsWith("weir: there is no process 999999999."), nobody.err());
        Said word = weir("attach", "tomorrow");
        assertEquals(1, word.code());
        assertTrue(word.err().startsWith("weir: there is no process tomorrow."), word.err());
        assertEquals(2, weir("mode", "1", "deadline", "on").code());
        assertEquals(2, weir("mode").code());
    }
}
