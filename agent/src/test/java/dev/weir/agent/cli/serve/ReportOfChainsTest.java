package dev.weir.agent.cli.serve;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.agent.cli.Said;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code report} over what a receiver holds. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class ReportOfChainsTest {

    @RegisterExtension
    final RunningServer server = new RunningServer();

    @TempDir
    private Path folder;

    private Said report(String... words) {
        List<String> arguments = new ArrayList<>(
                List.of("report", "--since", "9999d", "--at", server.at("/").toString()));
        arguments.addAll(List.of(words));
        return Said.by(arguments);
    }

    /** A chain with one refused try for each number; the numbers stand in the reason. */
    private void storm(int trace, String url, int... attempts) {
        Payload chain = Payload.trace(trace).process("agent", 1);
        chain.span(1, 0, "invoke_agent booking", SPAN_KIND_INTERNAL, 0, 900)
                .with("weir.amplification", 27L)
                .with("weir.attempts", 27L)
                .with("weir.operations", 1L);
        int id = 2;
        for (int attempt : attempts) {
            chain.span(id++, 1, "POST", SPAN_KIND_CLIENT, 10, 20)
                    .with("url.full", url + "?q=" + attempt)
                    .with("weir.attempt.layers", "resilience4j:2/openai-java:" + attempt)
                    .with("weir.verdict.idempotency-key", "mark")
                    .with("weir.verdict.idempotency-key.reason", "key added")
                    .with("weir.verdict.retry-budget", "would-deny")
                    .with("weir.verdict.retry-budget.reason", attempt + " attempts, 4 allowed");
        }
        assertEquals(200, server.postProtobuf(chain.protobuf()).statusCode());
    }

    private static JsonObject rule(JsonObject report, String name) {
        for (JsonElement each : report.getAsJsonArray("rules")) {
            if (each.getAsJsonObject().get("rule").getAsString().equals(name)) return each.getAsJsonObject();
        }
        throw new AssertionError("no " + name + " in " + report);
    }

    @Test
    void likeIsCountedWithLike() {
        storm(1, "http://pay/charge", 5, 6, 7);
        storm(2, "http://pay/charge", 5);
        storm(3, "http://mail/send", 9);
        Said said = report("--json");
        assertEquals(0, said.code(), said.err());
        JsonObject report = JsonParser.parseString(said.out()).getAsJsonObject();
        assertEquals(3, report.get("chains").getAsInt());
        assertEquals(27, report.get("worstAttempts").getAsInt());
        JsonObject budget = rule(report, "retry-budget");
        assertEquals(3, budget.get("chains").getAsInt());
        assertEquals("{\"would-deny\":5}", budget.get("outcomes").toString());
        assertEquals(2, budget.getAsJsonArray("causes").size());
        JsonObject first = budget.getAsJsonArray("causes").get(0).getAsJsonObject();
        assertEquals(4, first.get("count").getAsInt());
        assertEquals("POST http://pay/charge", first.get("call").getAsString());
        assertEquals("resilience4j/openai-java", first.get("layers").getAsString());
        assertEquals(2, first.getAsJsonArray("traces").size());
        JsonObject keys = rule(report, "idempotency-key");
        assertEquals("{\"mark\":5}", keys.get("outcomes").toString());
        assertEquals(0, keys.getAsJsonArray("causes").size(), "keys are added to every call");
    }

    @Test
    void saysWhatToDecide() {
        storm(1, "http://pay/charge", 5, 6);
        Said said = report();
        assertTrue(said.out().startsWith("1 chain, 3 spans of 1 service in the last 9999 d"), said.out());
        assertTrue(said.out().contains("retry-budget     enforce would have refused 2 calls, in 1 chain"), said.out());
        assertTrue(said.out().contains("2 × would-deny   agent: POST http://pay/charge"), said.out());
        assertTrue(said.out().contains("by resilience4j/openai-java"), said.out());
        assertTrue(said.out().contains("trace " + Payload.traceId(1)), said.out());
        assertTrue(said.out().contains("deadline         nothing to refuse, delay or change"), said.out());
    }

    @Test
    void htmlNeedsNothingElseAndObeysNobody() throws Exception {
        storm(1, "http://pay/<script>alert(1)</script>'\"&", 5);
        Path file = folder.resolve("report.html");
        Said said = report("--html", file.toString());
        assertEquals(0, said.code(), said.err());
        assertEquals("Written to " + file.toAbsolutePath() + System.lineSeparator(), said.out());
        String html = Files.readString(file);
        assertFalse(html.contains("<script"), html);
        assertTrue(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&#39;&quot;&amp;"), html);
        assertFalse(html.matches("(?s).*(src|href)=.*"), html);
        assertTrue(html.contains("enforce would have refused 1 call, in 1 chain"), html);
    }

    /** Else a team would decide by a part of what happened. */
    @Test
    void whatTheReceiverHasLetGoIsSaid() {
        for (int trace = 1; trace <= 1_003; trace++) storm(trace, "http://pay/charge", 5);
        Said said = report();
        assertTrue(said.out().startsWith("1,000 chains, "), said.out());
        assertTrue(
                said.out().lines().findFirst().orElse("").contains("; it had 3 chains more and let them go"),
                said.out());
        Said json = report("--json");
        assertEquals(
                3,
                JsonParser.parseString(json.out())
                        .getAsJsonObject()
                        .get("letGo")
                        .getAsInt());
    }

    @Test
    void anEmptyReceiverIsNoFailure() {
        Said said = report();
        assertEquals(0, said.code(), said.err());
        assertTrue(said.out().startsWith("0 chains"), said.out());
    }

    @Test
    void whoIsNotThereIsNamed() throws Exception {
        try (Socket nobody = new Socket()) {
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Said said = Said.by(List.of("report", "--at", "http://127.0.0.1:" + nobody.getLocalPort()));
            assertEquals(1, said.code());
            assertTrue(said.err().contains("weir: nobody answers at http://127.0.0.1:"), said.err());
        }
        assertEquals(2, Said.by(List.of("report", "--since", "soon")).code());
        assertEquals(
                1,
                report("--html", folder.resolve("no/such/folder.html").toString())
                        .code());
    }

    @Test
    void aTokenIsAskedForAndUsed() {
        try (RunningServer closed = new RunningServer(options -> RunningServer.withToken("secret"))) {
            String from = closed.at("/").toString();
            Said without = Said.by(List.of("report", "--at", from));
            assertEquals(1, without.code());
            assertTrue(without.err().contains("--token"), without.err());
            assertEquals(
                    0,
                    Said.by(List.of("report", "--at", from, "--token", "secret"))
                            .code());
        }
    }

    /** Something else listens there. */
    @Test
    void whatIsNoReceiverIsSaid() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> {
                try (Socket socket = other.accept()) {
                    socket.getInputStream().read(new byte[1_024]);
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
                                    .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // The report left.
                }
            });
            answers.start();
            Said said = Said.by(List.of("report", "--at", "http://127.0.0.1:" + other.getLocalPort()));
            assertEquals(1, said.code());
            assertTrue(said.err().contains("is no weir serve"), said.err());
            answers.join();
        }
    }
}
