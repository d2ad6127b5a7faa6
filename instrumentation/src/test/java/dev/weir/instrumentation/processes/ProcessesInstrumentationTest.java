package dev.weir.instrumentation.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ProcessFacts;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

@EnabledOnOs({OS.LINUX, OS.MAC})
class ProcessesInstrumentationTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @RegisterExtension
    final Woven woven = new Woven(new ProcessesInstrumentation());

    /** The environment in which a process finds itself. */
    private static Map<String, String> environmentOf(Process process) throws IOException, InterruptedException {
        Map<String, String> variables = new TreeMap<>();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        for (String line : printed.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) variables.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return variables;
    }

    private void carry() {
        woven.agent().pull(facts -> {
            if (facts.header("traceparent") == null) facts.setHeader("traceparent", PARENT);
            String baggage = facts.header("baggage");
            facts.replaceHeader("baggage", baggage == null ? "weir.op=1" : baggage + ",weir.op=1");
        });
    }

    @Test
    void theContextGoesAlongInTheEnvironment() throws Exception {
        carry();
        ProcessBuilder builder = new ProcessBuilder("env");
        builder.environment().put("OWN", "kept");
        Map<String, String> environment = environmentOf(builder.start());
        assertEquals(PARENT, environment.get("TRACEPARENT"));
        assertEquals("weir.op=1", environment.get("BAGGAGE"));
        assertEquals("kept", environment.get("OWN"));
        assertFalse(environment.containsKey("TRACESTATE"));
        assertEquals(List.of("begin PROCESS", "end PROCESS"), woven.agent().events());
        assertTrue(((ProcessFacts) woven.agent().begun().get(0)).pid() > 0);
        assertEquals("env", ((ProcessFacts) woven.agent().begun().get(0)).executable());
    }

    @Test
    void theNextStartOfTheSameBuilderBeginsWithWhatTheApplicationGave() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("env");
        Map<String, String> before = new TreeMap<>(builder.environment());
        carry();
        environmentOf(builder.start());
        assertEquals(before, new TreeMap<>(builder.environment()));
        woven.agent().pull(facts -> assertNull(facts.header("traceparent")));
        assertFalse(environmentOf(builder.start()).containsKey("TRACEPARENT"));
    }

    @Test
    void whatTheApplicationHasSetStays() throws Exception {
        carry();
        ProcessBuilder builder = new ProcessBuilder("env");
        builder.environment().put("TRACEPARENT", "the application's own");
        builder.environment().put("BAGGAGE", "tenant=7");
        Map<String, String> environment = environmentOf(builder.start());
        assertEquals("the application's own", environment.get("TRACEPARENT"));
        assertEquals("tenant=7,weir.op=1", environment.get("BAGGAGE"));
    }

    /** Without an environment of its own, with one, and with an empty one. */
    @Test
    void runtimeExecIsFollowedToo() throws Exception {
        carry();
        Runtime runtime = Runtime.getRuntime();
        Map<String, String> inherited = environmentOf(runtime.exec(new String[] {"env"}));
        assertEquals(PARENT, inherited.get("TRACEPARENT"));
        assertEquals(System.getenv("PATH"), inherited.get("PATH"));
        Map<String, String> given = environmentOf(runtime.exec(new String[] {"env"}, new String[] {"OWN=kept"}));
        assertEquals(PARENT, given.get("TRACEPARENT"));
        assertEquals("kept", given.get("OWN"));
        assertEquals(
                PARENT,
                environmentOf(runtime.exec(new String[] {"env"}, new String[0])).get("TRACEPARENT"));
    }

    @Test
    void everyProcessOfAPipelineIsFollowed() throws Exception {
        carry();
        List<Process> pipeline =
                ProcessBuilder.startPipeline(List.of(new ProcessBuilder("env"), new ProcessBuilder("cat")));
        assertEquals(PARENT, environmentOf(pipeline.get(1)).get("TRACEPARENT"));
        assertEquals(0, pipeline.get(0).waitFor());
        assertEquals(
                List.of("begin PROCESS", "end PROCESS", "begin PROCESS", "end PROCESS"),
                woven.agent().events());
    }

    @Test
    void aRefusedStartThrowsWhatTheApiPromises() {
        woven.agent().deny(facts -> true);
        IOException thrown = assertThrows(IOException.class, () -> new ProcessBuilder("env").start());
        // ProcessBuilder puts its own words around.
        assertTrue(thrown.getMessage().contains("denied by test"), thrown::getMessage);
        assertEquals(List.of("begin PROCESS"), woven.agent().events());
    }

    @Test
    void aStartThatFailsIsAFailedCall() {
        assertThrows(IOException.class, () -> new ProcessBuilder("/no/such/executable").start());
        assertEquals(
                List.of("begin PROCESS", "end PROCESS IOException"),
                woven.agent().events());
    }

    /** Many threads, one builder each. */
    @Test
    void startsDoNotDisturbOneAnother() throws Exception {
        carry();
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String name = "thread-" + i;
            Thread thread = new Thread(() -> {
                try {
                    ProcessBuilder builder = new ProcessBuilder("env");
                    builder.environment().put("OWN", name);
                    Map<String, String> environment = environmentOf(builder.start());
                    assertEquals(name, environment.get("OWN"));
                    assertEquals(PARENT, environment.get("TRACEPARENT"));
                } catch (Throwable t) {
                    synchronized (failures) {
                        failures.add(t);
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) thread.join();
        assertEquals(List.of(), failures);
    }

    @Test
    void nobodyInterestedChangesNothing() throws Exception {
        woven.agent().ignore(facts -> facts.kind() == CallFacts.Kind.PROCESS);
        assertEquals(
                new TreeMap<>(System.getenv()).keySet(),
                environmentOf(new ProcessBuilder("env").start()).keySet());
    }

    @Test
    void wovenClassIsSound() throws Exception {
        woven.assertSound(Class.forName("java.lang.ProcessImpl"));
    }
}
