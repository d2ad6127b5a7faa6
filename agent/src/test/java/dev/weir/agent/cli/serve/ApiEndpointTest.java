package dev.weir.agent.cli.serve;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ApiEndpointTest {
    @RegisterExtension
    final RunningServer server = new RunningServer();

    private static Payload chain(int number) {
        return Payload.trace(number)
                .process("agent", 1)
                .span(1, 0, "run " + number, SPAN_KIND_INTERNAL, 0, 100)
                .with("weir.amplification", 3.0)
                .with("weir.attempts", 6)
                .with("weir.operations", 2)
                .span(2, 1, "POST", SPAN_KIND_CLIENT, 10, 20)
                .with("weir.verdict.retry-budget", "would-deny")
                .with("weir.verdict.retry-budget.reason", "too many")
                .failed("")
                .process("pay" + number, 2)
                .span(3, 2, "POST /charge", SPAN_KIND_SERVER, 12, 18)
                .with("weir.verdict.retry-budget", "would-deny")
                .with("weir.verdict.deadline", "limit");
    }

    @Test
    void listsRecentChainsNewestFirst() {
        for (int i = 1; i <= 3; i++) {
            server.postProtobuf(chain(i).protobuf());
        }
        JsonArray traces = server.json("/api/traces").getAsJsonArray("traces");
        assertEquals(List.of(Payload.traceId(3), Payload.traceId(2), Payload.traceId(1)), ids(traces));
        assertEquals(
                "{\"id\":\"" + Payload.traceId(3) + "\",\"root\":\"run 3\",\"rooted\":true,"
                        + "\"services\":[\"agent\",\"pay3\"],\"processes\":2,"
                        + "\"startUnixNano\":\"1790000000000000000\",\"durationNano\":\"100000000\","
                        + "\"spanCount\":3,\"errorCount\":1,"
                        + "\"verdicts\":{\"deadline\":{\"limit\":1},\"retry-budget\":{\"would-deny\":2}},"
                        + "\"amplification\":3.0,\"attempts\":6,\"operations\":2,"
                        + "\"duplicates\":0,\"droppedSpans\":0,\"label\":\"run 3\",\"sessions\":[]}",
                traces.get(0).toString());
        assertEquals(
                2, server.json("/api/traces?limit=2").getAsJsonArray("traces").size());
        assertEquals(
                List.of(Payload.traceId(2)),
                ids(server.json("/api/traces?service=pay2&limit=9").getAsJsonArray("traces")));
        assertEquals(
                0,
                server.json("/api/traces?service=nobody")
                        .getAsJsonArray("traces")
                        .size());
    }

    private static List<String> ids(JsonArray traces) {
        List<String> ids = new ArrayList<>();
        for (JsonElement trace : traces) {
            ids.add(trace.getAsJsonObject().get("id").getAsString());
        }
        return ids;
    }

    @Test
    void givesOneChainAsJsonInTreeOrderAndAsText() {
        server.postProtobuf(chain(7).protobuf());
        JsonObject chain = server.json("/api/traces/" + Payload.traceId(7).toUpperCase());
        List<String> names = new ArrayList<>();
        chain.getAsJsonArray("spans")
                .forEach(span -> names.add(span.getAsJsonObject().get("name").getAsString()));
        assertEquals(List.of("run 7", "POST", "POST /charge"), names);
        assertEquals(
                "[{\"service.name\":\"agent\",\"process.pid\":1},{\"service.name\":\"pay7\",\"process.pid\":2}]",
                chain.get("resources").toString());
        JsonObject callee = chain.getAsJsonArray("spans").get(2).getAsJsonObject();
        assertEquals(1, callee.get("resource").getAsInt());
        assertEquals("pay7", callee.get("service").getAsString());

        HttpResponse<byte[]> text = server.get("/api/traces/" + Payload.traceId(7) + "?format=text");
        assertEquals(
                "text/plain; charset=utf-8",
                text.headers().firstValue("Content-Type").orElse(""));
        assertEquals(chain(7).drawn(TreeStyle.PLAIN), RunningServer.text(text));
        assertEquals(
                chain(7).drawn(TreeStyle.PLAIN.drawn(true, false)),
                RunningServer.text(server.get("/api/traces/" + Payload.traceId(7) + "?format=text&ascii")));
        assertTrue(RunningServer.text(server.get("/api/traces/" + Payload.traceId(7) + "?format=text&lines=2"))
                .endsWith("… 2 more spans not shown\n"));
    }

    @Test
    void answersBadRequestsInJson() {
        assertError(404, "/api/traces/" + Payload.traceId(99));
        assertError(400, "/api/traces/xyz");
        assertError(400, "/api/traces/" + "0".repeat(32));
        assertError(400, "/api/traces/" + Payload.traceId(1) + "?format=pdf");
        assertError(400, "/api/traces?limit=-1");
        assertError(400, "/api/traces?limit=1e9");
        assertError(400, "/api/traces?min-amplification=-1");
        assertError(400, "/api/traces?min-duration-ms=NaN");
        assertError(400, "/api/traces?service=%25&limit=0");
        assertError(404, "/index.html");
        assertError(404, "/api");
        assertError(400, "/api/traces/" + Payload.traceId(1) + "/more");
    }

    private void assertError(int status, String path) {
        HttpResponse<byte[]> response = server.get(path);
        assertEquals(status, response.statusCode(), path);
        assertFalse(RunningServer.json(response).get("error").getAsString().isEmpty());
    }

    @Test
    void onlyGetAndHead() {
        for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
            HttpResponse<byte[]> response = server.send(
                    HttpRequest.newBuilder(server.at("/api/traces")).method(method, BodyPublishers.noBody()));
            assertEquals(405, response.statusCode(), method);
            assertEquals("GET, HEAD", response.headers().firstValue("Allow").orElse(""));
        }
        server.postProtobuf(chain(1).protobuf());
        for (String path : new String[] {
            "/healthz", "/api/traces", "/api/traces/" + Payload.traceId(1), "/api/traces/" + Payload.traceId(2)
        }) {
            HttpResponse<byte[]> get = server.get(path);
            HttpResponse<byte[]> head =
                    server.send(HttpRequest.newBuilder(server.at(path)).method("HEAD", BodyPublishers.noBody()));
            assertEquals(get.statusCode(), head.statusCode());
            assertEquals(0, head.body().length);
            assertEquals(
                    get.headers().firstValue("Content-Type"), head.headers().firstValue("Content-Type"));
        }
    }

    @Test
    void everyAnswerHasSecurityHeaders() {
        for (String path : new String[] {"/healthz", "/api/traces", "/nothing", "/v1/traces"}) {
            var headers = server.get(path).headers();
            assertEquals("nosniff", headers.firstValue("X-Content-Type-Options").orElse(""));
            assertEquals("DENY", headers.firstValue("X-Frame-Options").orElse(""));
            assertEquals("no-store", headers.firstValue("Cache-Control").orElse(""));
            assertEquals("no-referrer", headers.firstValue("Referrer-Policy").orElse(""));
            assertTrue(headers.firstValue("Content-Security-Policy").orElse("").contains("default-src 'none'"));
            assertTrue(headers.firstValue("Access-Control-Allow-Origin").isEmpty());
        }
    }

    @Test
    void aPageThatRebindsItsNameCannotReadChains() throws IOException {
        server.postProtobuf(chain(1).protobuf());
        assertTrue(
                raw("GET /api/traces HTTP/1.1\r\nHost: evil.example:4318\r\n").startsWith("HTTP/1.1 403"));
        assertTrue(raw("GET / HTTP/1.1\r\nHost: evil.example:4318\r\n").startsWith("HTTP/1.1 403"));
        assertTrue(raw("GET /api/traces HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n")
                .startsWith("HTTP/1.1 403"));
        for (String host : new String[] {"localhost", "LOCALHOST:1", "127.0.0.1:4318", "[::1]:4318", "a.localhost"}) {
            assertTrue(raw("GET /api/traces HTTP/1.1\r\nHost: " + host + "\r\n").startsWith("HTTP/1.1 200"), host);
        }
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port())) {
            socket.getOutputStream()
                    .write((request + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void hostileStringsStayInsideTheirJson() {
        String evil = "\"}]</script><script>alert(1)</script>\u0000\u001b[2J\u2028\\\ud800 \ufffe'";
        HttpResponse<byte[]> fromProtobuf = server.postProtobuf(Payload.trace(5)
                .process(evil, 0)
                .span(1, 0, evil.replace("\ud800", ""), SPAN_KIND_INTERNAL, 0, 1)
                .with(evil, evil)
                .with("weir.verdict." + evil, evil)
                .failed(evil)
                .protobuf());
        assertEquals(200, fromProtobuf.statusCode(), () -> RunningServer.text(fromProtobuf));
        // Senders of JSON can write half of a surrogate pair.
        HttpResponse<byte[]> fromJson =
                server.postJson("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"" + Payload.traceId(6)
                        + "\",\"spanId\":\"" + Payload.spanId(1) + "\",\"name\":\"a\\ud800b\\u001b\"}]}]}]}");
        assertEquals("{}", RunningServer.text(fromJson));
        String list = RunningServer.text(server.get("/api/traces"));
        assertFalse(list.contains("</script>"), list);
        JsonArray traces = server.json("/api/traces").getAsJsonArray("traces");
        assertEquals(2, traces.size());
        assertEquals(
                evil.replace("\ud800", ""),
                traces.get(1).getAsJsonObject().get("root").getAsString());
        assertEquals("a?b\u001b", traces.get(0).getAsJsonObject().get("root").getAsString());
        JsonObject span = server.json("/api/traces/" + Payload.traceId(5))
                .getAsJsonArray("spans")
                .get(0)
                .getAsJsonObject();
        assertEquals(2, span.getAsJsonObject("attributes").size());
        assertTrue(server.isQuiet());
    }

    @Test
    void aTokenIsRequiredEverywhereButHealth() {
        try (RunningServer guarded = new RunningServer(given -> RunningServer.withToken("s3cret"))) {
            byte[] body = chain(1).protobuf();
            assertEquals(401, guarded.postProtobuf(body).statusCode());
            assertEquals(
                    401,
                    guarded.postProtobuf(body, "Authorization", "Bearer wrong").statusCode());
            assertEquals(
                    401, guarded.postProtobuf(body, "Authorization", "s3cret").statusCode());
            assertEquals(
                    401,
                    guarded.postProtobuf(body, "Authorization", "Bearer s3cret2")
                            .statusCode());
            HttpResponse<byte[]> refused = guarded.get("/api/traces");
            assertEquals(401, refused.statusCode());
            assertEquals(
                    "Bearer", refused.headers().firstValue("WWW-Authenticate").orElse(""));
            assertEquals(200, guarded.get("/healthz").statusCode());
            assertEquals(0, guarded.json("/healthz").get("spans").getAsInt());
            assertEquals(
                    200,
                    guarded.postProtobuf(body, "Authorization", "bearer s3cret").statusCode());
            assertEquals(3, guarded.json("/healthz").get("spans").getAsInt());
            assertEquals(
                    200,
                    guarded.get("/api/traces", "Authorization", "Bearer s3cret").statusCode());
        }
    }

    @Test
    void fiftyThousandSpansInOneChain() {
        try (RunningServer large = new RunningServer()) {
            int size = 50_000;
            for (int from = 1; from <= size; from += 10_000) {
                Payload payload = Payload.trace(1).process("deep", 1);
                for (int i = from; i < from + 10_000; i++) {
                    payload.span(i, i - 1, "step", SPAN_KIND_INTERNAL, i, size);
                }
                assertEquals(
                        200,
                        large.postProtobuf(Payload.gzip(payload.protobuf()), "Content-Encoding", "gzip")
                                .statusCode());
            }
            JsonObject chain = large.json("/api/traces/" + Payload.traceId(1));
            JsonArray spans = chain.getAsJsonArray("spans");
            assertEquals(size, chain.get("spanCount").getAsInt());
            assertEquals(size, spans.size());
            assertEquals(
                    Payload.spanId(size),
                    spans.get(size - 1).getAsJsonObject().get("spanId").getAsString());
            large.out.await("… 49,936 more spans below");
            assertTrue(large.isQuiet(), large.err.text());
        }
    }
}
