package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JavaCommandTest {

    private static final URI TARGET = URI.create("http://127.0.0.1:1/item");
    private static final Map<Agent, Path> JARS =
            Map.of(Agent.WEIR, Path.of("weir.jar"), Agent.OPENTELEMETRY, Path.of("opentelemetry.jar"));

    private static List<String> command(Line line, Agent agent) throws IOException {
        try (SpanSink sink = new SpanSink()) {
            List<String> command = new ArrayList<>(
                    new JavaCommand(Path.of("java"), JARS, Path.of("none")).workload(line, agent, sink, TARGET));
            command.removeAll(agent.jvmOptions(JARS, sink));
            return command;
        }
    }

    /** Or what an agent adds would be what its JVM does otherwise. */
    @Test
    void jvmsDifferInTheAgentAlone() throws Exception {
        for (Line line : Line.values()) {
            List<String> without = command(line, Agent.NONE);
            for (Agent agent : JARS.keySet()) {
                assertEquals(without, command(line, agent), line::title);
            }
        }
    }

    /** The first use of a heap's pages costs more than the calls that are measured. */
    @Test
    void theHeapHasBeenTouched() throws Exception {
        for (Line line : Line.values()) {
            List<String> command = command(line, Agent.NONE);
            assertTrue(command.containsAll(List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch")), command::toString);
        }
    }

    @Test
    void onlyCallsOverHttpAreCompiledSooner() throws Exception {
        List<Line> sooner = new ArrayList<>();
        for (Line line : Line.values()) {
            if (command(line, Agent.NONE).stream().anyMatch(option -> option.contains("CompileThreshold"))) {
                sooner.add(line);
            }
        }
        assertEquals(List.of(Line.HTTP_CLIENT, Line.HTTP_URL_CONNECTION, Line.OKHTTP, Line.APACHE_HTTP_CLIENT), sooner);
    }
}
