package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import dev.weir.agent.config.Settings;
import dev.weir.agent.context.Hex;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Reads with OpenTelemetry's own classes what the encoder writes by hand. */
class OtlpEncoderTest {

    private final List<String> complaints = new ArrayList<>();
    private final EpochClock clock = new EpochClock();
    private OtlpEncoder encoder = encoder(Map.of());

    private OtlpEncoder encoder(Map<String, String> properties) {
        Settings settings = new Settings(properties, Map.of(), Map.of(), complaints::add);
        return new OtlpEncoder(
                clock,
                Map.of("service.name", "agënt", "process.pid", 7L),
                "1.2.3",
                Redaction.of(settings, complaints::add));
    }

    private List<Span> decoded(List<SpanRecord> records) throws Exception {
        encoder.begin();
        records.forEach(encoder::add);
        assertEquals(records.size(), encoder.encoded());
        ProtobufWriter out = encoder.end();
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
            attributes.put(each.getKey(), value(each.getValue()));
        }
        return attributes;
    }

    private static Object value(AnyValue value) {
        return switch (value.getValueCase()) {
            case INT_VALUE -> value.getIntValue();
            case DOUBLE_VALUE -> value.getDoubleValue();
            case ARRAY_VALUE ->
                value.getArrayValue().getValuesList().stream()
                        .map(OtlpEncoderTest::value)
                        .toList();
            default -> value.getStringValue();
        };
    }

    /** What was written once is written again only for the very same request. */
    @Test
    void whatIsKnownOfOneRequestIsNotSaidOfAnother() throws Exception {
        List<Consumer<SpanRecord>> others = List.of(
                record -> record.kind = CallFacts.Kind.FILE,
                record -> record.instrumentation = "okhttp",
                record -> record.subject = "BB",
                record -> record.scheme = "https",
                record -> record.target = "BB",
                record -> record.port = 81,
                record -> record.path = "/BB",
                record -> record.path = null,
                record -> record.query = "BB",
                record -> record.query = null,
                record -> record.withRare().rpcSystem = "grpc");
        for (CallFacts.Kind kind : List.of(CallFacts.Kind.HTTP_CLIENT, CallFacts.Kind.SQL, CallFacts.Kind.FILE)) {
            for (Consumer<SpanRecord> other : others) {
                List<SpanRecord> records = new ArrayList<>();
                for (int i = 0; i < 9; i++) {
                    SpanRecord record = record();
                    record.kind = kind;
                    record.scheme = "http";
                    // BB has the same hash.
                    record.query = "Aa";
                    record.subject = "Aa";
                    record.target = "Aa";
                    record.path = "/Aa";
                    if (i % 4 == 3) other.accept(record);
                    records.add(record);
                }
                List<Span> together = decoded(records);
                for (int i = 0; i < records.size(); i++) {
                    encoder = encoder(Map.of());
                    Span alone = decoded(List.of(records.get(i))).get(0);
                    assertEquals(alone, together.get(i), i + " " + kind);
                }
            }
        }
    }

    @Test
    void whatCannotBeEncodedLeavesTheOthersAlone() throws Exception {
        SpanRecord bad = record();
        bad.withRare().verdicts = new ArrayList<>();
        bad.verdicts().add(null);
        encoder.begin();
        encoder.add(record());
        assertThrows(NullPointerException.class, () -> encoder.add(bad));
        encoder.add(record());
        assertEquals(2, encoder.encoded());
        ProtobufWriter out = encoder.end();
        ExportTraceServiceRequest request =
                ExportTraceServiceRequest.parseFrom(ByteString.copyFrom(out.array(), 0, out.size()));
        assertEquals(2, request.getResourceSpans(0).getScopeSpans(0).getSpansCount());
    }

    @Test
    void spansOfTheApplicationAreAsItMadeThem() throws Exception {
        Map<String, Object> said = new HashMap<>();
        said.put("text", "a");
        said.put("number", 7L);
        said.put("decimal", 0.5);
        said.put("truth", true);
        said.put("list", List.of("x", 8L));
        said.put("foreign", new Object());
        said.put("gcp.vertex.agent.llm_request", "{\"secret\":\"sk-abcdefghijklmnopqrstuvwxyz123456\"}");
        Hooks.SpanContext linked =
                new Hooks.SpanContext("0af7651916cd43dd8448eb211c80319c", "00f067aa0ba902b7", (byte) 1, null);
        SpanRecord record = record();
        record.kind = CallFacts.Kind.SPAN;
        record.instrumentation = "opentelemetry-api";
        record.error = false;
        record.subject = "call_llm";
        record.withRare().application = new Hooks.SpanData(
                new Hooks.SpanContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", (byte) 1, null),
                null,
                "call_llm",
                3,
                "gcp.vertex.agent",
                1,
                2,
                1,
                "",
                said,
                new Object[][] {{"happened", 5L, Map.of("count", 3L, "gen_ai.event.content", "said")}},
                new Object[][] {{linked, Map.of("why", "because")}});
        Span span = decoded(List.of(record)).get(0);
        assertEquals("call_llm", span.getName());
        assertEquals(Span.SpanKind.SPAN_KIND_CLIENT, span.getKind());
        assertEquals(1, span.getStatus().getCodeValue());
        Map<String, Object> expected = new HashMap<>(Map.of("text", "a", "number", 7L, "decimal", 0.5));
        expected.put("truth", "");
        expected.put("list", List.of("x", 8L));
        expected.put("otel.scope.name", "gcp.vertex.agent");
        expected.put("weir.instrumentation", "opentelemetry-api");
        assertEquals(expected, attributes(span.getAttributesList()));
        assertTrue(span.getAttributesList().stream()
                .anyMatch(
                        each -> each.getKey().equals("truth") && each.getValue().getBoolValue()));
        assertEquals("happened", span.getEvents(0).getName());
        assertEquals(Map.of("count", 3L), attributes(span.getEvents(0).getAttributesList()));
        assertEquals(Map.of("why", "because"), attributes(span.getLinks(0).getAttributesList()));
        assertEquals(8, span.getLinks(0).getSpanId().size());
        // What was said is exported only when it is asked for, and then without secrets.
        record.withRare().content = true;
        Object content =
                attributes(decoded(List.of(record)).get(0).getAttributesList()).get("gcp.vertex.agent.llm_request");
        assertTrue(String.valueOf(content).contains("secret"), () -> "exported " + content);
        assertFalse(String.valueOf(content).contains("sk-abc"), () -> "exported " + content);
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
        record.withRare().verdicts = List.of(new SpanRecord.Verdict("retry-budget", "would-deny", "attempt 5"));
        record.withRare().message = "späte Antwort 💥 \ud800";
        record.withRare().linked = "00-11111111111111111111111111111111-2222222222222222-01";
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
        record.withRare().rpcSystem = "grpc";
        record.path = "/pay.Payments/Charge";
        record.status = 0;
        record.withRare().code = "UNAVAILABLE";
        Span span = decoded(List.of(record)).get(0);
        assertEquals("pay.Payments/Charge", span.getName());
        Map<String, Object> attributes = attributes(span.getAttributesList());
        assertEquals("grpc", attributes.get("rpc.system.name"));
        assertEquals("pay.Payments/Charge", attributes.get("rpc.method"));
        assertEquals("UNAVAILABLE", attributes.get("rpc.response.status_code"));
        assertEquals("UNAVAILABLE", attributes.get("error.type"));
        assertEquals("pay.internal", attributes.get("server.address"));
        assertFalse(attributes.containsKey("http.request.method"));

        record.withRare().code = "weir.retry-budget";
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
        record.withRare().peer = "127.0.0.1";
        record.port = 9092;
        record.path = null;
        record.withRare().consumer = "billing";
        record.withRare().partition = 0;
        record.size = 7;
        record.withRare().code = "left";
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

    private static SpanRecord modelCall() {
        SpanRecord record = record();
        record.kind = CallFacts.Kind.MODEL;
        record.target = "gpt-x";
        GenAiRecord ai = new GenAiRecord();
        ai.operation = "chat";
        record.withRare().genAi = ai;
        return record;
    }

    @Test
    void stepsOfAnAgentAreNoAgents() throws Exception {
        for (String operation : List.of("invoke_agent", "execute_action")) {
            SpanRecord record = modelCall();
            record.kind = CallFacts.Kind.RUN;
            record.target = "sell";
            record.rare().genAi.operation = operation;
            Span span = decoded(List.of(record)).get(0);
            assertEquals(operation + " sell", span.getName());
            Object agent = attributes(span.getAttributesList()).get("gen_ai.agent.name");
            assertEquals(operation.equals("invoke_agent") ? "sell" : null, agent);
        }
    }

    @Test
    void modelCallsFollowTheConventions() throws Exception {
        SpanRecord record = modelCall();
        GenAiRecord ai = record.rare().genAi;
        ai.provider = "openai";
        ai.responseModel = "gpt-x-2026";
        ai.responseId = "r1";
        ai.finishReason = "stop";
        ai.inputTokens = 0;
        ai.outputTokens = 7;
        ai.conversation = "c1";
        ai.firstChunkNanos = record.startNanos + 1_500_000_000L;
        Span span = decoded(List.of(record)).get(0);
        assertEquals("chat gpt-x", span.getName());
        assertEquals(Span.SpanKind.SPAN_KIND_CLIENT, span.getKind());
        Map<String, Object> attributes = attributes(span.getAttributesList());
        assertEquals("chat", attributes.get("gen_ai.operation.name"));
        assertEquals("openai", attributes.get("gen_ai.provider.name"));
        assertEquals("gpt-x", attributes.get("gen_ai.request.model"));
        assertEquals("gpt-x-2026", attributes.get("gen_ai.response.model"));
        assertEquals("r1", attributes.get("gen_ai.response.id"));
        assertEquals(List.of("stop"), attributes.get("gen_ai.response.finish_reasons"));
        assertEquals(0L, attributes.get("gen_ai.usage.input_tokens"));
        assertEquals(7L, attributes.get("gen_ai.usage.output_tokens"));
        assertEquals("c1", attributes.get("gen_ai.conversation.id"));
        assertEquals(1.5, attributes.get("gen_ai.response.time_to_first_chunk"));
        assertFalse(attributes.containsKey("gen_ai.input.messages"), "nobody asked for content");
    }

    @Test
    void whatNobodyKnowsOfAModelCallIsLeftOut() throws Exception {
        Span span = decoded(List.of(modelCall())).get(0);
        assertEquals(
                List.of("gen_ai.operation.name", "gen_ai.request.model"),
                span.getAttributesList().stream()
                        .map(KeyValue::getKey)
                        .filter(key -> key.startsWith("gen_ai."))
                        .toList());
    }

    @Test
    void contentIsJsonWithoutSecrets() throws Exception {
        SpanRecord record = modelCall();
        String secret = "sk-" + "a1".repeat(20);
        record.rare().genAi.input = new GenAiFacts.Message[] {
            new GenAiFacts.Message("system", "say \"hi\"\n\\ \u0001"),
            new GenAiFacts.Message("user", "my key is " + secret + ", card 4111 1111 1111 1111.")
        };
        record.rare().genAi.output =
                new GenAiFacts.Message[] {new GenAiFacts.Message("assistant", "x".repeat(100_000))};
        Map<String, Object> attributes =
                attributes(decoded(List.of(record)).get(0).getAttributesList());
        JsonArray input = JsonParser.parseString((String) attributes.get("gen_ai.input.messages"))
                .getAsJsonArray();
        assertEquals("system", input.get(0).getAsJsonObject().get("role").getAsString());
        assertEquals("say \"hi\"\n\\ \u0001", content(input, 0));
        assertEquals("my key is [redacted], card [redacted].", content(input, 1));
        JsonArray output = JsonParser.parseString((String) attributes.get("gen_ai.output.messages"))
                .getAsJsonArray();
        assertEquals("x".repeat(4_096), content(output, 0));
        assertEquals(List.of(), complaints);
    }

    private static String content(JsonArray messages, int index) {
        return messages.get(index)
                .getAsJsonObject()
                .getAsJsonArray("parts")
                .get(0)
                .getAsJsonObject()
                .get("content")
                .getAsString();
    }

    @Test
    void toolsSayWhatTheyWereCalledWith() throws Exception {
        encoder = encoder(Map.of("weir.content.redact", "[0-9]+ EUR"));
        SpanRecord record = modelCall();
        record.kind = CallFacts.Kind.TOOL;
        record.target = "pay";
        record.rare().genAi.operation = "execute_tool";
        record.rare().genAi.toolCallId = "call_1";
        record.rare().genAi.toolArguments = "{\"amount\":\"500 EUR\"}";
        record.rare().genAi.toolResult = "paid 500 EUR";
        Span span = decoded(List.of(record)).get(0);
        assertEquals("execute_tool pay", span.getName());
        Map<String, Object> attributes = attributes(span.getAttributesList());
        assertEquals("pay", attributes.get("gen_ai.tool.name"));
        assertEquals("call_1", attributes.get("gen_ai.tool.call.id"));
        assertEquals("{\"amount\":\"[redacted]\"}", attributes.get("gen_ai.tool.call.arguments"));
        assertEquals("paid [redacted]", attributes.get("gen_ai.tool.call.result"));
    }

    @Test
    void patternThatCannotBeReadIsSaidAndRedactsEverything() throws Exception {
        encoder = encoder(Map.of("weir.content.redact", "(["));
        assertEquals(1, complaints.size());
        assertTrue(complaints.get(0).contains("weir.content.redact=(["), complaints.get(0));
        SpanRecord record = modelCall();
        record.rare().genAi.toolResult = "paid";
        assertEquals(
                "[redacted]",
                attributes(decoded(List.of(record)).get(0).getAttributesList()).get("gen_ai.tool.call.result"));
    }

    @Test
    void kindsAndRoots() throws Exception {
        List<SpanRecord> records = new ArrayList<>();
        for (CallFacts.Kind kind : CallFacts.Kind.values()) {
            SpanRecord record = record();
            record.kind = kind;
            record.withRare().totals = new SpanRecord.Totals(27, 27, 1, 0, 0);
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
                record.withRare().message = "m".repeat(random.nextInt(5_000));
                record.withRare().thrown = "java.io.IOException";
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
