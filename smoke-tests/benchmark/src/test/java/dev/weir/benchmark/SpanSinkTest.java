package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpanSinkTest {

    private final SpanSink sink;

    SpanSinkTest() throws IOException {
        sink = new SpanSink();
    }

    @AfterEach
    void close() throws IOException {
        sink.close();
    }

    @Test
    void spansOfAllResourcesAndScopesAreCounted() throws Exception {
        ExportTraceServiceRequest export = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(scope(3))
                        .addScopeSpans(scope(0))
                        .addScopeSpans(scope(2)))
                .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope(4)))
                .build();
        assertEquals(200, post("/v1/traces", "application/x-protobuf", export.toByteArray(), false));
        assertEquals(9, sink.received());
        assertEquals(200, post("/v1/traces", "application/x-protobuf", export.toByteArray(), true));
        assertEquals(18, sink.received());
        assertEquals(Optional.empty(), sink.complaint());
    }

    @Test
    void metricsAreAcceptedAndNotCounted() throws Exception {
        byte[] anything = {1, 2, 3};
        assertEquals(200, post("/v1/metrics", "application/x-protobuf", anything, false));
        assertEquals(0, sink.received());
        assertEquals(Optional.empty(), sink.complaint());
    }

    @Test
    void whatCannotBeCountedIsAComplaint() throws Exception {
        assertEquals(415, post("/v1/traces", "application/json", new byte[] {'{', '}'}, false));
        assertEquals(Optional.of("the sink reads OTLP protobuf, not application/json"), sink.complaint());
    }

    @Test
    void aBrokenExportIsAComplaint() throws Exception {
        byte[] truncated = {10, 50, 1};
        assertEquals(400, post("/v1/traces", "application/x-protobuf", truncated, false));
        assertTrue(sink.complaint().orElseThrow().startsWith("the sink could not decode an export: "));
    }

    @Test
    void spansOfDatadogsTracesAreCounted() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(bytes(0x92, 0x92)); // two traces, the first of two spans
        // {"name": "a", "error": 0, "meta": {"x": nil}, "metrics": {"y": 1.5}}
        body.writeBytes(bytes(0x84, 0xA4, 'n', 'a', 'm', 'e', 0xD9, 1, 'a', 0xA1, 'e', 0, 0xA1, 'm', 0x81, 0xA1, 'x'));
        body.writeBytes(bytes(0xC0, 0xA1, 'n', 0x81, 0xA1, 'y', 0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0));
        // {"id": 2^32, "at": -1}, and an array 16 of one span {}
        body.writeBytes(bytes(0x82, 0xA2, 'i', 'd', 0xCF, 0, 0, 0, 1, 0, 0, 0, 0, 0xA2, 'a', 't', 0xFF));
        body.writeBytes(bytes(0xDC, 0, 1, 0x80));
        assertEquals(200, post("/v0.4/traces", "application/msgpack", body.toByteArray(), false));
        assertEquals(3, sink.received());
        assertEquals(Optional.empty(), sink.complaint());
        assertEquals(400, post("/v0.4/traces", "application/msgpack", bytes(0x91, 0x91, 0x82, 0xA1), false));
        assertTrue(sink.complaint().isPresent());
    }

    @Test
    void spansThatElasticSendsAsOneAreAllCounted() throws Exception {
        String events = """
                {"metadata":{"service":{"name":"benchmark"}}}
                {"transaction":{"name":"GET /","span_count":{"started":21}}}
                {"span":{"name":"GET \\"composite\\":{\\"count\\":9"}}
                {"span":{"name":"SELECT","composite":{"count":20,"sum":1.5}}}
                {"metricset":{"samples":{}}}
                """;
        byte[] body = events.getBytes(StandardCharsets.UTF_8);
        assertEquals(202, post("/intake/v2/events", "application/x-ndjson", body, false));
        assertEquals(22, sink.received());
        assertEquals(Optional.empty(), sink.complaint());
    }

    @Test
    void glowrootsEntriesAndHeadersAreCountedAndNothingElse() {
        assertEquals(1, GlowrootCentral.spans(bytes(4 << 3 | 2, 0)));
        assertEquals(1, GlowrootCentral.spans(bytes(7 << 3 | 2, 0)));
        assertEquals(0, GlowrootCentral.spans(bytes(1 << 3 | 2, 0)));
        assertEquals(0, GlowrootCentral.spans(bytes(8 << 3 | 2, 0)));
        assertEquals(0, GlowrootCentral.spans(bytes()));
    }

    @Test
    void waitingEndsWhenEnoughAreHere() throws Exception {
        assertFalse(sink.awaitAllBut(4, 5, 1, TimeUnit.MILLISECONDS));
        assertTrue(sink.awaitAllBut(5, 5, 1, TimeUnit.MILLISECONDS));
        byte[] export = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope(1)))
                .build()
                .toByteArray();
        Thread exporter = new Thread(() -> {
            try {
                post("/v1/traces", "application/x-protobuf", export, false);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        exporter.start();
        assertTrue(sink.awaitAllBut(4, 5, 30, TimeUnit.SECONDS));
        exporter.join();
    }

    private int post(String path, String type, byte[] body, boolean gzip) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(sink.endpoint().resolve(path)).header("Content-Type", type);
        if (gzip) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
                out.write(body);
            }
            request.header("Content-Encoding", "gzip").POST(publisher(packed.toByteArray()));
        } else {
            request.POST(publisher(body));
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpRequest.BodyPublisher publisher(byte[] body) {
        return HttpRequest.BodyPublishers.ofByteArray(body);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) bytes[i] = (byte) values[i];
        return bytes;
    }

    private static ScopeSpans scope(int spans) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (int i = 0; i < spans; i++) {
            scope.addSpans(Span.newBuilder().setName("span " + i).setSpanId(ByteString.copyFrom(new byte[8])));
        }
        return scope.build();
    }
}
