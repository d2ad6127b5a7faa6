package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OTLP/gRPC against gRPC's own server with OpenTelemetry's own service. */
class GrpcExportTest {

    private GrpcCollector collector;
    private Delivery delivery;

    private Delivery to(GrpcCollector started, String... settings) {
        collector = started;
        return to(started.endpoint("http"), settings);
    }

    private Delivery to(String endpoint, String... settings) {
        Map<String, String> all =
                new HashMap<>(Map.of("otel.exporter.otlp.protocol", "grpc", "otel.exporter.otlp.endpoint", endpoint));
        for (int i = 0; i < settings.length; i += 2) all.put("otel.exporter.otlp." + settings[i], settings[i + 1]);
        delivery = new Delivery(all);
        return delivery;
    }

    @AfterEach
    void end() {
        delivery.close();
        if (collector != null) collector.close();
        assertEquals(0, delivery.failures(), () -> delivery.lines().toString());
    }

    private void assertDelivered(long spans) {
        assertEquals(spans, delivery.exporter.sent());
        assertEquals(0, delivery.exporter.dropped());
    }

    private void assertLost(long spans) {
        assertEquals(spans, delivery.exporter.dropped());
        assertEquals(0, delivery.exporter.sent());
    }

    private static GrpcCollector.Answer failing(Status status) {
        return caller -> caller.onError(status.asRuntimeException());
    }

    @Test
    void spansArriveWithHeadersAsMetadata() throws IOException {
        to(new GrpcCollector(), "headers", "api-key=s%C3%ADn,x-tenant=blue%20team, authorization=Bearer a=b")
                .offer(3)
                .awaitSettled();
        // í is no header's character, and one bad entry spoils no other.
        assertEquals(1, delivery.complaints.size());
        assertTrue(delivery.complaints.get(0).contains("(api-key)"), delivery.complaints.get(0));
        assertDelivered(3);
        assertEquals(3, collector.spans());
        Metadata metadata = collector.metadata.get(0);
        assertEquals("blue team", text(metadata, "x-tenant"));
        assertEquals("Bearer a=b", text(metadata, "authorization"));
        assertEquals(collector.wireBytes.get(), collector.messageBytes.get());
        assertEquals(List.of(), delivery.lines());
    }

    private static String text(Metadata metadata, String key) {
        return metadata.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
    }

    @Test
    void gzipMakesItSmaller() throws IOException {
        to(new GrpcCollector(), "compression", "gzip").offer(500).awaitSettled();
        assertDelivered(500);
        assertEquals(500, collector.spans());
        assertTrue(
                collector.wireBytes.get() * 3 < collector.messageBytes.get(),
                collector.wireBytes + " bytes for " + collector.messageBytes);
    }

    @Test
    void aBatchLongerThanAServerTakesIsSplit() throws IOException {
        to(new GrpcCollector());
        for (int i = 0; i < 2_000; i++) {
            SpanRecord record = Delivery.record(i + 1);
            record.path = "/" + "x".repeat(4_000);
            delivery.exporter.sink().offer(record);
        }
        delivery.await(() -> delivery.exporter.sent() + delivery.exporter.dropped() == 2_000, "settled");
        assertDelivered(2_000);
        assertEquals(2_000, collector.spans());
        assertEquals(List.of(), delivery.lines());
    }

    @Test
    void oneFailureIsRepeatedInSilence() throws IOException {
        to(new GrpcCollector().next(failing(Status.UNAVAILABLE))).offer(2).awaitSettled();
        assertDelivered(2);
        assertEquals(2, collector.requests.size());
        assertEquals(List.of(), delivery.lines());
    }

    @Test
    void unavailableIsSaidOnceAndSoIsRecovery() throws IOException {
        GrpcCollector.Answer away = failing(Status.UNAVAILABLE.withDescription("back soon \u001b[31m"));
        to(new GrpcCollector().next(away, away, away)).offer(2).awaitSettled();
        assertDelivered(2);
        assertEquals(4, collector.requests.size());
        List<String> lines = delivery.lines();
        assertEquals(2, lines.size(), lines.toString());
        assertTrue(
                lines.get(0)
                        .startsWith("weir: spans do not reach " + collector.endpoint("http")
                                + "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
                                + " (gRPC UNAVAILABLE: back soon ?[31m); the application is not affected."),
                lines.get(0));
        assertEquals("weir: spans are delivered again; 0 were lost until now", lines.get(1));
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"})
    void whatMayBeRepeatedIsRepeatedWithinBounds(Status.Code code) throws IOException {
        GrpcCollector.Answer away = failing(code.toStatus());
        to(new GrpcCollector().next(away, away, away, away, away)).offer(2).awaitSettled();
        assertLost(2);
        assertEquals(5, collector.requests.size());
        assertTrue(delivery.line().contains("(gRPC " + code + ")"), delivery.line());
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"OK", "CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"})
    void whatMayNotBeRepeatedIsNot(Status.Code code) throws IOException {
        to(new GrpcCollector().next(failing(code.toStatus()))).offer(2).awaitSettled();
        assertLost(2);
        assertEquals(1, collector.requests.size());
        assertTrue(delivery.line().contains("(gRPC " + code + ")"), delivery.line());
    }

    @Test
    void statusBehindAMessageIsReadFromTheTrailers() throws IOException {
        to(new GrpcCollector().next(caller -> {
                    caller.onNext(ExportTraceServiceResponse.getDefaultInstance());
                    caller.onError(
                            Status.INVALID_ARGUMENT.withDescription("50%").asRuntimeException());
                }))
                .offer(1)
                .awaitSettled();
        assertLost(1);
        assertTrue(delivery.line().contains("(gRPC INVALID_ARGUMENT: 50%)"), delivery.line());
    }

    @Test
    void exhaustedIsRepeatedWhenTheCollectorSaysWhen() throws IOException {
        com.google.rpc.Status status = com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
                .setMessage("too much")
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder().setNanos(300_000_000))
                        .build()))
                .build();
        long from = System.nanoTime();
        to(new GrpcCollector().next(caller -> caller.onError(StatusProto.toStatusRuntimeException(status))))
                .offer(2)
                .awaitSettled();
        long millis = (System.nanoTime() - from) / 1_000_000;
        assertDelivered(2);
        assertEquals(2, collector.requests.size());
        assertTrue(millis >= 300, "sent again after " + millis + " ms");
        assertEquals(List.of(), delivery.lines());
    }

    @Test
    void partialSuccessCountsWhatIsRefused() throws IOException {
        GrpcCollector.Answer some = caller -> {
            caller.onNext(ExportTraceServiceResponse.newBuilder()
                    .setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                            .setRejectedSpans(2)
                            .setErrorMessage("name too long\r\nweir: all is lost"))
                    .build());
            caller.onCompleted();
        };
        to(new GrpcCollector().next(some, some)).offer(5).awaitSettled();
        assertEquals(3, delivery.exporter.sent());
        assertEquals(2, delivery.exporter.dropped());
        delivery.offer(5).awaitSettled();
        assertEquals(6, delivery.exporter.sent());
        assertEquals(4, delivery.exporter.dropped());
        assertTrue(
                delivery.line().contains("does not keep all spans (gRPC OK: name too long??weir: all is lost)"),
                delivery.line());
    }

    @Test
    void silenceEndsAtTheTimeout() throws IOException {
        GrpcCollector.Answer silence = caller -> {};
        to(new GrpcCollector().next(silence, silence), "timeout", "1500")
                .offer(2)
                .awaitSettled();
        assertDelivered(2);
        assertEquals(3, collector.requests.size());
        assertTrue(delivery.lines().get(0).contains("timeout"), delivery.lines().toString());
    }

    @Test
    void theCollectorMayComeLater() throws IOException {
        try (Socket nobody = Delivery.refusing()) {
            int port = nobody.getLocalPort();
            to("http://127.0.0.1:" + port).offer(2);
            delivery.await(() -> !delivery.lines().isEmpty(), "said");
            assertTrue(
                    delivery.line().contains("refused") || delivery.line().contains("Failed to connect"),
                    delivery.line());
            delivery.awaitSettled();
            assertLost(2);
            collector = new GrpcCollector(port, null);
        }
        delivery.offer(3).awaitSettled();
        assertEquals(3, delivery.exporter.sent());
        assertEquals(2, delivery.exporter.dropped());
        assertEquals(
                "weir: spans are delivered again; 2 were lost until now",
                delivery.lines().get(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 503})
    void anHttpServerIsNoGrpcServer(int status) throws IOException {
        try (HttpCollector http = new HttpCollector().usually(HttpCollector.status(status))) {
            to(http.endpoint()).offer(2).awaitSettled();
        }
        assertLost(2);
        assertTrue(delivery.line().contains("spans do not reach"), delivery.line());
    }

    @Test
    void tlsWithTheCollectorsCertificate(@TempDir Path folder) throws Exception {
        SelfSigned own = SelfSigned.make(folder, "collector");
        collector = new GrpcCollector(0, own);
        to(collector.endpoint("https"), "certificate", own.certificate())
                .offer(2)
                .awaitSettled();
        assertDelivered(2);
        assertEquals(2, collector.spans());
        assertEquals(List.of(), delivery.lines());
    }
}
