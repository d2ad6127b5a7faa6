package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.weir.agent.context.Hex;
import dev.weir.bootstrap.CallFacts;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reads with OpenTelemetry's own classes what the encoder writes by hand. */
class OtlpEncoderTest {

    private final OtlpEncoder encoder =
            new OtlpEncoder(new EpochClock(), Map.of("service.name", "agënt", "process.pid", 7L), "1.2.3");

    private List<Span> decoded(List<SpanRecord> records) throws Exception {
        ProtobufWriter out = encoder.encode(records);
        ExportTraceServiceRequest request =
                ExportTraceServiceRequest.parseFrom(ByteString.copyFrom(out.array(), 0, out.size()));
        assertEquals(1, request.getResourceSpansCount());
        Map<String, Object> resource =
                attributes(request.getResourceSpans(0).getResource().getAttributesList());
        assertEquals(Map.of("service.name", "agënt", "process.pid", 7L), resource);
        assertEquals(
                "dev.weir",
                request.getResourceSpans(0).getScopeSpans(0).getScope().getName());
        return request.getResourceSpans(0).getScopeSpans(0).getSpansList();
    }

    private static Map<String, Object> attributes(List<KeyValue> list) {
        Map<String, Object> attributes = new HashMap<>();
        for (KeyValue each : list) {
            attributes.put(
                    each.getKey(),
                    each.getValue().hasIntValue()
                            ? (Object) each.getValue().getIntValue()
                            : each.getValue().getStringValue());
        }
        return attributes;
    }

    private static SpanRecord record() {
        SpanRecord record = new SpanRecord();
        record.kind = CallFacts.Kind.HTTP_CLIENT;
        record.instrumentation = "jdk-http-client";
        record.traceHigh = 0x0af7651916cd43ddL;
        record.traceLow = 0x8448eb211c80319cL;
        record.spanId = 0xb7ad6b7169203331L;
        record.parentSpanId = 1;
        record.flags = 1;
        record.startNanos = System.nanoTime();
        record.endNanos = record.startNanos + 5_000_000;
        record.subject = "POST";
        record.scheme = "https";
        record.target = "pay.internal";
        record.port = 443;
        record.path = "/charge";
        record.query = "api_key=hunter2&a=b";
        record.status = 503;
        record.error = true;
        record.operationHigh = 1;
        record.operationLow = 2;
        record.attempt = 3;
        record.attemptPath = "2.3";
        record.remainingMillis = 480;
        record.idempotencyKey = "k";
        record.verdicts = List.of(new SpanRecord.Verdict("retry-budget", "would-deny", "attempt 5"));
        record.message = "späte Antwort 💥 \ud800";
        record.linked = "00-11111111111111111111111111111111-2222222222222222-01";
        return record;
    }

    @Test
    void everyFieldArrives() throws Exception {
        Span span = decoded(List.of(record())).get(0);
        assertEquals("0af7651916cd43dd8448eb211c80319c", hex(span.getTraceId()));
        assertEquals("b7ad6b7169203331", hex(span.getSpanId()));
        assertEquals("0000000000000001", hex(span.getParentSpanId()));
        assertEquals("POST", span.getName());
        assertEquals(Span.SpanKind.SPAN_KIND_CLIENT, span.getKind());
        assertEquals(5_000_000, span.getEndTimeUnixNano() - span.getStartTimeUnixNano());
        assertTrue(Math.abs(span.getStartTimeUnixNano() / 1_000_000 - System.currentTimeMillis()) < 60_000);
        Map<String, Object> attributes = attributes(span.getAttributesList());
        assertEquals("https://pay.internal/charge?api_key=REDACTED&a=b", attributes.get("url.full"));
        assertEquals(503L, attributes.get("http.response.status_code"));
        assertEquals("503", attributes.get("error.type"));
        assertEquals(2L, attributes.get("http.request.resend_count"));
        assertEquals("00000000000000010000000000000002", attributes.get("weir.operation.id"));
        assertEquals(3L, attributes.get("weir.attempt"));
        assertEquals(480L, attributes.get("weir.deadline.remaining_ms"));
        assertEquals("would-deny", attributes.get("weir.verdict.retry-budget"));
        assertEquals("attempt 5", attributes.get("weir.verdict.retry-budget.reason"));
        assertEquals("weir.verdict", span.getEvents(0).getName());
        assertEquals(2, span.getStatus().getCodeValue());
        assertEquals("späte Antwort 💥 ?", span.getStatus().getMessage());
        assertEquals("11111111111111111111111111111111", hex(span.getLinks(0).getTraceId()));
    }

    @Test
    void remoteProcedureCallsFollowTheirOwnConventions() throws Exception {
        SpanRecord record = record();
        record.rpcSystem = "grpc";
        record.path = "/pay.Payments/Charge";
        record.status = 0;
        record.code = "UNAVAILABLE";
        Span span = decoded(List.of(record)).get(0);
        assertEquals("pay.Payments/Charge", span.getName());
        Map<String, Object> attributes = attributes(span.getAttributesList());
        assertEquals("grpc", attributes.get("rpc.system.name"));
        assertEquals("pay.Payments/Charge", attributes.get("rpc.method"));
        assertEquals("UNAVAILABLE", attributes.get("rpc.response.status_code"));
        assertEquals("UNAVAILABLE", attributes.get("error.type"));
        assertEquals("pay.internal", attributes.get("server.address"));
        assertFalse(attributes.containsKey("http.request.method"));

        record.code = "weir.retry-budget";
        attributes = attributes(decoded(List.of(record)).get(0).getAttributesList());
        assertFalse(attributes.containsKey("rpc.response.status_code"));
        assertEquals("weir.retry-budget", attributes.get("error.type"));
    }

    @Test
    void messagesFollowTheConventions() throws Exception {
        SpanRecord record = record();
        record.kind = CallFacts.Kind.MESSAGE_RECEIVE;
        record.subject = "process";
        record.scheme = "kafka";
        record.target = "orders";
        record.peer = "127.0.0.1";
        record.port = 9092;
        record.path = null;
        record.consumer = "billing";
        record.partition = 0;
        record.size = 7;
        record.code = "left";
        Span span = decoded(List.of(record)).get(0);
        assertEquals("process orders", span.getName());
        assertEquals(Span.SpanKind.SPAN_KIND_CONSUMER, span.getKind());
        Map<String, Object> attributes = attributes(span.getAttributesList());
        assertEquals("kafka", attributes.get("messaging.system"));
        assertEquals("orders", attributes.get("messaging.destination.name"));
        assertEquals("process", attributes.get("messaging.operation.name"));
        assertEquals("process", attributes.get("messaging.operation.type"));
        assertEquals("billing", attributes.get("messaging.consumer.group.name"));
        assertEquals("0", attributes.get("messaging.destination.partition.id"));
        assertEquals(7L, attributes.get("messaging.kafka.offset"));
        assertEquals("127.0.0.1", attributes.get("server.address"));
        assertEquals(9092L, attributes.get("server.port"));
        assertEquals("left", attributes.get("error.type"));
        record.kind = CallFacts.Kind.MESSAGE_SEND;
        record.subject = "send";
        record.target = "";
        span = decoded(List.of(record)).get(0);
        assertEquals("send", span.getName());
        assertEquals(Span.SpanKind.SPAN_KIND_PRODUCER, span.getKind());
    }

    @Test
    void kindsAndRoots() throws Exception {
        List<SpanRecord> records = new ArrayList<>();
        for (CallFacts.Kind kind : CallFacts.Kind.values()) {
            SpanRecord record = record();
            record.kind = kind;
            record.root = true;
            record.amplification = 27;
            records.add(record);
        }
        for (Span span : decoded(records)) {
            assertEquals(27L, attributes(span.getAttributesList()).get("weir.amplification"));
            assertTrue(!span.getName().isEmpty());
        }
    }

    @Test
    void randomRecordsOfEveryLengthAreReadable() throws Exception {
        Random random = new Random(42);
        for (int round = 0; round < 300; round++) {
            List<SpanRecord> records = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                SpanRecord record = record();
                record.path = "/" + "ä".repeat(random.nextInt(300));
                record.message = "m".repeat(random.nextInt(5_000));
                record.thrown = "java.io.IOException";
                records.add(record);
            }
            assertEquals(records.size(), decoded(records).size());
        }
    }

    private static String hex(ByteString id) {
        StringBuilder hex = new StringBuilder();
        for (int at = 0; at < id.size(); at += 8)
            hex.append(Hex.of(id.substring(at, at + 8).asReadOnlyByteBuffer().getLong()));
        return hex.toString();
    }
}
