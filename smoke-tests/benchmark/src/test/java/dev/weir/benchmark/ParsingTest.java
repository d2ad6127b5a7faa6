package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of the shell's times, of HTTP heads and of what agents say. */
class ParsingTest {

    @Test
    void shellTimesAreMilliseconds() throws IOException {
        ShellTimes times = ShellTimes.parse("1.234 0.056 0.007\n");
        assertEquals(1_234, times.wallMillis(), 1e-9);
        assertEquals(56, times.userMillis(), 1e-9);
        assertEquals(7, times.systemMillis(), 1e-9);
    }

    @Test
    void anythingElseFromTheShellIsAnError() {
        IOException error = assertThrows(IOException.class, () -> ShellTimes.parse("bash: java: not found\n"));
        assertEquals("bash's time said \"bash: java: not found\" instead of three numbers", error.getMessage());
    }

    @Test
    void headsFollowEachOtherOnOneConnection() throws IOException {
        InputStream in = stream("HTTP/1.1 204 No Content\r\nElapsed-nanos: 42\r\n\r\nGET /item HTTP/1.1\r\n\r\n");
        HttpHead first = HttpHead.read(in);
        assertNotNull(first);
        assertEquals(204, first.status());
        assertEquals("42", first.header("Elapsed-Nanos"));
        assertNull(first.header("Elapsed"));
        HttpHead second = HttpHead.read(in);
        assertNotNull(second);
        assertEquals("GET /item HTTP/1.1", second.lines().get(0));
        assertNull(HttpHead.read(in));
    }

    @Test
    void aHeadCutShortIsAnError() {
        assertThrows(IOException.class, () -> HttpHead.read(stream("HTTP/1.1 204 No Content\r\nElapsed")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weir: stops: matched files; 42000 spans sent, 3 dropped; no fuse blew; 0 failures",
                "weir: stops: matched files; 42000 spans sent, 0 dropped; 2 fuses blew; 0 failures",
                "weir: stops: matched files; 42000 spans sent, 0 dropped; no fuse blew; 1 failures",
                "weir: fuse blew: files is off from now on, the application goes on: java.lang.LinkageError",
                "weir: spans are delivered again; 12 were lost until now",
                "[otel.javaagent] [BatchSpanProcessor_WorkerThread-1] WARN io.opentelemetry - BatchSpanProcessor"
                        + " dropped 353 span(s) since the last export because the queue is full (maxQueueSize=300)",
                "[otel.javaagent] [OkHttp] ERROR io.opentelemetry - Failed to export spans.",
                "Exception in thread \"main\" java.lang.NoClassDefFoundError: org/slf4j/Logger",
            })
    void anAgentThatGaveSomethingUpIsHeard(String line) {
        assertTrue(AgentErrors.isFailure(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weir: stops: matched files; 42000 spans sent, 0 dropped; no fuse blew; 0 failures",
                "weir: 0.1.0: rules deadline observe; adapters files; spans to http://127.0.0.1:4318/v1/traces",
                "[otel.javaagent] [main] INFO io.opentelemetry.javaagent.tooling.VersionLogger - version: 2.33.1",
            })
    void anAgentThatGaveNothingUpIsNoFailure(String line) {
        assertFalse(AgentErrors.isFailure(line));
    }

    @Test
    void cpuIsReadFromBehindANameThatMayHoldAnything() {
        assertEquals(
                1_230, ProcessStatus.cpuMillis("42 (a) b (c) S 1 42 42 0 -1 4194304 9 9 9 9 100 23 7 7 20 0 30 0 5"));
    }

    @Test
    void warningsOfTheJvmAreToldFromThoseOfPrograms() {
        assertEquals(
                2,
                JvmWarnings.in(List.of(
                        "OpenJDK 64-Bit Server VM warning: Sharing is only supported for boot loader classes because"
                                + " bootstrap classpath has been appended",
                        "[0.012s][warning][cds] shared class paths mismatch",
                        "[elastic-apm-agent] WARN Unexpected JVM command line syntax",
                        "2026-11-22T08:35:54.251Z  WARN 11011 --- [main] o.s.boot : warning: a program's")));
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
