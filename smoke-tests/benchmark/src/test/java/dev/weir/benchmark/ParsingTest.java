package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What is read of the shell's times and of HTTP heads. */
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

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
