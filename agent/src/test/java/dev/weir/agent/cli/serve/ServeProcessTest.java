package dev.weir.agent.cli.serve;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.agent.cli.WeirCommand;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code serve} as a user runs it: a process with a terminal's streams and signals. */
class ServeProcessTest {
    private static final Pattern URL = Pattern.compile("OTLP/HTTP at (http://127\\.0\\.0\\.1:\\d+),");

    private final Captured out = new Captured();
    private final Captured err = new Captured();
    private final List<Thread> pumps = new ArrayList<>();
    private Process process;

    /** What {@code weir.jar}'s entry class does. */
    public static final class Entry {
        private Entry() {}

        public static void main(String[] args) {
            System.exit(WeirCommand.run(args));
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
        for (Thread pump : pumps) {
            pump.join();
        }
    }

    private URI start(String quiet, List<String> jvm) throws IOException {
        launch(quiet, jvm);
        Matcher url = URL.matcher(out.await("Ctrl-C ends it."));
        assertTrue(url.find(), out.text());
        return URI.create(url.group(1));
    }

    private void launch(String quiet, List<String> jvm, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Entry.class.getName(), "serve"));
        command.addAll(List.of("--port", "0", "--quiet", quiet));
        command.addAll(List.of(options));
        process = new ProcessBuilder(command).start();
        pump(process.getInputStream(), out);
        pump(process.getErrorStream(), err);
    }

    private void pump(InputStream from, Captured to) {
        Thread pump = new Thread(() -> {
            try (from) {
                from.transferTo(to);
            } catch (IOException e) {
                // The process was ended.
            }
        });
        pump.start();
        pumps.add(pump);
    }

    private static int post(URI server, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/traces"))
                .header("Content-Type", "application/x-protobuf")
                .timeout(Duration.ofSeconds(60))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    private static byte[] chain(int number) {
        return Payload.trace(number)
                .process("shop", 7)
                .span(1, 0, "buy", SPAN_KIND_INTERNAL, 0, 10)
                .span(2, 1, "pay\u001b[31m", SPAN_KIND_INTERNAL, 1, 2)
                .protobuf();
    }

    @Test
    void printsItsAddressAndChainsAndEndsOnASignal() throws IOException, InterruptedException {
        URI server = start("50ms", List.of("-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"));
        assertTrue(out.text().contains("OTEL_EXPORTER_OTLP_ENDPOINT=" + server), out.text());
        assertEquals(200, post(server, chain(1)));
        String printed = out.await("pay");
        assertTrue(printed.contains("[shop 7] buy  internal  10 ms\n└─ pay\\u{1b}[31m  internal  1.0 ms\n"), printed);
        assertFalse(printed.contains("\u001b"), "no colour, as stdout is not a terminal");
        process.toHandle().destroy();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(143, process.exitValue());
        out.await("weir serve ended: 2 spans received, 1 chain held, 0 chains evicted.");
        assertEquals("", err.text());
    }

    @Test
    void printsJsonAndNothingElse() throws IOException, InterruptedException {
        launch("50ms", List.of("-Dstdout.encoding=UTF-8"), "--json");
        JsonObject begin = JsonParser.parseString(out.await("\n")).getAsJsonObject();
        assertFalse(begin.get("asksForToken").getAsBoolean());
        URI server = URI.create(begin.get("listening").getAsString());
        assertEquals(200, post(server, chain(8)));
        out.await("update");
        process.toHandle().destroy();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        for (Thread pump : pumps) pump.join();
        List<JsonObject> lines = out.text()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        assertEquals(3, lines.size(), out.text());
        assertEquals(Payload.traceId(8), lines.get(1).get("id").getAsString());
        assertEquals(2, lines.get(1).get("spanCount").getAsInt());
        assertFalse(lines.get(1).get("update").getAsBoolean());
        assertEquals(2, lines.get(2).get("received").getAsInt());
        assertEquals("", err.text());
    }

    @Test
    void printsWhatIsLeftWhenItEnds() throws IOException, InterruptedException {
        URI server = start("60m", List.of());
        assertEquals(200, post(server, chain(2)));
        process.toHandle().destroy();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        out.await("trace " + Payload.traceId(2));
    }

    @Test
    void drawsInAsciiWhereTheEncodingHasNoLines() throws IOException, InterruptedException {
        URI server = start("50ms", List.of("-Dfile.encoding=ISO-8859-1", "-Dstdout.encoding=US-ASCII"));
        assertEquals(200, post(server, chain(3)));
        out.await("`- pay");
    }

    @Test
    void aSlowSenderIsDroppedAndDoesNotHoldUpOthers() throws IOException, InterruptedException {
        URI server = start("50ms", List.of("-Dsun.net.httpserver.maxReqTime=2"));
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
                String head = i % 2 == 0
                        ? "POST /v1/traces HT"
                        : "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 1000\r\n\r\n{";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }
            assertEquals(200, post(server, chain(4)));
            for (Socket socket : slow) {
                socket.setSoTimeout(60_000);
                assertTrue(isClosedByPeer(socket));
            }
            assertEquals(200, post(server, chain(5)));
            out.await("trace " + Payload.traceId(5));
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void aSlowReaderIsDroppedAndDoesNotHoldUpOthers() throws IOException, InterruptedException {
        URI server = start(
                "60m", List.of("-Xmx512m", "-Dsun.net.httpserver.maxRspTime=2", "-Dsun.net.httpserver.maxReqTime=60"));
        Payload large = Payload.trace(6).process("shop", 7);
        for (int i = 1; i <= 800; i++) {
            large.span(i, 0, "step", SPAN_KIND_INTERNAL, i, 1).with("text", "x".repeat(16_000));
        }
        assertEquals(200, post(server, large.protobuf()));
        List<Socket> slow = new ArrayList<>();
        try {
            // More than there are threads.
            for (int i = 0; i < 220; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(4_096);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
                String request = "GET /api/traces/" + Payload.traceId(6) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }
            // Answered only once the first of them is dropped.
            assertEquals(200, post(server, chain(7)));
            slow.get(0).setSoTimeout(60_000);
            assertTrue(endsEarly(slow.get(0)));
        } finally {
            for (Socket socket : slow) socket.close();
        }
    }

    /** A body in chunks is whole only with a last chunk of length 0. */
    private static boolean endsEarly(Socket socket) {
        byte[] end = new byte[0];
        try {
            byte[] chunk = new byte[1 << 16];
            for (int n = socket.getInputStream().read(chunk);
                    n >= 0;
                    n = socket.getInputStream().read(chunk)) {
                end = Arrays.copyOfRange(chunk, Math.max(0, n - 7), n);
            }
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
        return !new String(end, StandardCharsets.US_ASCII).endsWith("\r\n0\r\n\r\n");
    }

    private static boolean isClosedByPeer(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
