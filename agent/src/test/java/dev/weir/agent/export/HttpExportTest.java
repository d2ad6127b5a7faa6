package dev.weir.agent.export;

import static dev.weir.agent.export.HttpCollector.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.Status;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an OTLP/HTTP receiver may answer, and what becomes of the records. */
class HttpExportTest {

    private static final String PROTOBUF = "Content-Type: application/x-protobuf";

    private HttpCollector collector;
    private Delivery delivery;

    @BeforeEach
    void start() throws IOException {
        collector = new HttpCollector();
    }

    private Delivery to(String endpoint, String... settings) {
        Map<String, String> all = new HashMap<>(Map.of("otel.exporter.otlp.endpoint", endpoint));
        for (int i = 0; i < settings.length; i += 2) all.put(settings[i], settings[i + 1]);
        delivery = new Delivery(all);
        return delivery;
    }

    @AfterEach
    void end() throws IOException {
        collector.close();
        if (delivery == null) return;
        delivery.close();
        assertEquals(0, delivery.failures(), () -> delivery.lines().toString());
    }

    private void assertCounts(long sent, long dropped) {
        assertEquals(sent, delivery.exporter.sent(), "sent");
        assertEquals(dropped, delivery.exporter.dropped(), "dropped");
    }

    @ParameterizedTest
    @CsvSource({"'',/v1/traces", "/,/v1/traces", "/otlp,/otlp/v1/traces", "/otlp/,/otlp/v1/traces"})
    void endpointIsABase(String given, String path) {
        to(collector.endpoint() + given).offer(1).awaitSettled();
        assertCounts(1, 0);
        assertEquals("POST " + path + " HTTP/1.1", collector.requests.get(0).line());
    }

    @Test
    void endpointForTracesIsTakenAsItIs() {
        to("http://127.0.0.1:1", "otel.exporter.otlp.traces.endpoint", collector.endpoint() + "/mine?team=blue")
                .offer(1)
                .awaitSettled();
        assertEquals("POST /mine?team=blue HTTP/1.1", collector.requests.get(0).line());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void everySpanArrives(String compression) {
        to(
                        collector.endpoint(),
                        "otel.exporter.otlp.compression",
                        compression,
                        "otel.exporter.otlp.headers",
                        "Authorization=Basic%20abc")
                .offer(5_000)
                .awaitSettled();
        assertCounts(5_000, 0);
        assertEquals(5_000, collector.spans());
        Map<String, String> headers = collector.requests.get(0).headers();
        assertEquals("Basic abc", headers.get("Authorization"));
        assertEquals("application/x-protobuf", headers.get("Content-Type"));
        assertEquals(compression.equals("gzip") ? "gzip" : null, headers.get("Content-Encoding"));
        assertEquals(List.of(), delivery.lines());
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 307, 400, 401, 403, 404, 405, 407, 413, 415, 500, 501, 505})
    void finalAnswersAreNotRepeated(int status) {
        collector.usually(
                status(status, "secret".getBytes(StandardCharsets.UTF_8), "Content-Type: text/plain", "Location: /x"));
        to(collector.endpoint()).offer(3).awaitSettled();
        delivery.offer(4).awaitSettled();
        assertCounts(0, 7);
        assertEquals(7, collector.spans());
        assertTrue(delivery.line().contains("(HTTP " + status + ")"), delivery.line());
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void passingAnswersAreRepeatedWithinBounds(int status) {
        collector.usually(status(status));
        to(collector.endpoint()).offer(3).awaitSettled();
        assertCounts(0, 3);
        assertEquals(5, collector.requests.size());
        assertTrue(delivery.line().contains("(HTTP " + status + ")"), delivery.line());
        collector.usually(HttpCollector.ACCEPT);
        delivery.offer(1).awaitSettled();
        assertCounts(1, 3);
        assertEquals(
                "weir: spans are delivered again; 3 were lost until now",
                delivery.lines().get(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void retryAfterIsWaitedFor(int status) {
        collector.next(status(status, "Retry-After: 1"));
        long from = System.nanoTime();
        to(collector.endpoint()).offer(3).awaitSettled();
        assertCounts(3, 0);
        assertTrue(System.nanoTime() - from >= 1_000_000_000L);
        assertEquals(2, collector.requests.size());
        assertEquals(List.of(), delivery.lines());
    }

    @Test
    void retryAfterIsReadInBothForms() {
        Instant now = Instant.parse("2026-11-21T08:00:00Z");
        assertEquals(0, HttpSender.retryMillis(null, now));
        assertEquals(7_000, HttpSender.retryMillis(" 7 ", now));
        assertEquals(30_000, HttpSender.retryMillis("Sat, 21 Nov 2026 08:00:30 GMT", now));
        assertEquals(0, HttpSender.retryMillis("Sat, 21 Nov 2026 07:00:00 GMT", now));
        for (String odd : List.of("", "-5", "1.5", "soon", "Sat, 99 Nov 2026", "0x10")) {
            assertEquals(0, HttpSender.retryMillis(odd, now), odd);
        }
        assertEquals(Integer.MAX_VALUE, HttpSender.retryMillis("9".repeat(400), now));
    }

    @Test
    void partialSuccessCountsWhatIsRefused() {
        byte[] some = ExportTraceServiceResponse.newBuilder()
                .setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                        .setRejectedSpans(2)
                        .setErrorMessage("too old"))
                .build()
                .toByteArray();
        collector.usually(status(200, some, PROTOBUF));
        to(collector.endpoint()).offer(5).awaitSettled();
        delivery.offer(5).awaitSettled();
        assertCounts(6, 4);
        assertTrue(delivery.line().contains("does not keep all spans (HTTP 200: too old)"), delivery.line());
    }

    @Test
    void moreRefusedThanSentIsNoMoreThanSent() {
        byte[] odd = ExportTraceServiceResponse.newBuilder()
                .setPartialSuccess(ExportTracePartialSuccess.newBuilder().setRejectedSpans(Long.MAX_VALUE))
                .build()
                .toByteArray();
        collector.usually(status(200, odd, PROTOBUF));
        to(collector.endpoint()).offer(5).awaitSettled();
        assertCounts(0, 5);
    }

    @Test
    void theReasonOfAFailureIsSaidCleaned() {
        byte[] reason = Status.newBuilder()
                .setMessage("no tenant\u001b[2J" + "!".repeat(500))
                .build()
                .toByteArray();
        collector.usually(status(400, reason, PROTOBUF));
        to(collector.endpoint()).offer(1).awaitSettled();
        assertTrue(delivery.line().contains("(HTTP 400: no tenant?[2J!!"), delivery.line());
        assertTrue(delivery.line().length() < 500, delivery.line());
    }

    @Test
    void aWebPageIsNoCollector() {
        collector.usually(
                status(200, "<html>Log in</html>".getBytes(StandardCharsets.UTF_8), "Content-Type: text/html"));
        to(collector.endpoint()).offer(2).awaitSettled();
        assertCounts(0, 2);
        assertTrue(delivery.line().contains("(HTTP 200 with a web page; is it an OTLP receiver?)"), delivery.line());
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "nonsense", ""})
    void anyOtherContentTypeOfSuccessIsSuccess(String type) {
        collector.usually(status(200, new byte[] {10, (byte) 0xff, (byte) 0xff}, "Content-Type: " + type));
        to(collector.endpoint()).offer(2).awaitSettled();
        assertCounts(2, 0);
        assertEquals(List.of(), delivery.lines());
    }

    @Test
    void credentialsAreNeverPrinted() {
        collector.usually(status(401, "WWW-Authenticate: Basic realm=\"x\""));
        String secret = "hunter2";
        to(
                        collector.endpoint().replace("//", "//me:" + secret + "@"),
                        "otel.exporter.otlp.headers",
                        "authorization=" + secret + ",x=" + secret + "\n,=" + secret + "," + secret)
                .offer(2)
                .awaitSettled();
        assertCounts(0, 2);
        assertTrue(delivery.line().contains("(HTTP 401)"), delivery.line());
        String all = delivery.lines() + " " + delivery.complaints;
        assertFalse(all.contains(secret), all);
        assertEquals(2, delivery.complaints.size(), all);
    }
}
