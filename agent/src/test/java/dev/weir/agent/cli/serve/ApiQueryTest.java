package dev.weir.agent.cli.serve;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the page asks: filters, only what is new, and what chains share. */
class ApiQueryTest {
    @RegisterExtension
    final RunningServer server = new RunningServer();

    private List<Integer> found(String query) {
        List<Integer> numbers = new ArrayList<>();
        for (JsonElement trace : server.json("/api/traces?" + query).getAsJsonArray("traces")) {
            numbers.add(Integer.parseInt(trace.getAsJsonObject().get("id").getAsString(), 16));
        }
        return numbers;
    }

    private void sendThree() {
        server.postProtobuf(Payload.trace(1)
                .process("agent", 1)
                .span(1, 0, "POST", SPAN_KIND_SERVER, 0, 1500)
                .with("http.request.method", "POST")
                .with("url.path", "/chat")
                .with("weir.amplification", 27.0)
                .with("weir.session", "customer 17")
                .with("weir.verdict.retry-budget", "would-deny")
                .protobuf());
        server.postProtobuf(Payload.trace(2)
                .process("agent", 1)
                .span(1, 0, "run", SPAN_KIND_INTERNAL, 0, 100)
                .with("weir.amplification", 2)
                .with("gen_ai.conversation.id", "customer 18")
                .with("weir.verdict.deadline", "deny")
                .failed("Connection RESET by peer")
                .protobuf());
        server.postProtobuf(Payload.trace(3)
                .process("stock", 2)
                .span(1, 0, "GET /stock", SPAN_KIND_SERVER, 0, 10)
                .event("retry", "where", "Zürich %")
                .protobuf());
    }

    @Test
    void filtersAloneAndTogether() {
        sendThree();
        assertEquals(List.of(3, 2, 1), found(""));
        assertEquals(List.of(2, 1), found("service=agent"));
        assertEquals(List.of(1), found("verdict=retry-budget"));
        assertEquals(List.of(1), found("verdict=would-deny"));
        assertEquals(List.of(2), found("verdict=deadline:deny"));
        assertEquals(List.of(), found("verdict=deadline:would-deny"));
        assertEquals(List.of(2, 1), found("min-amplification=2"));
        assertEquals(List.of(1), found("min-amplification=2.5"));
        assertEquals(List.of(2, 1), found("min-duration-ms=100"));
        assertEquals(List.of(1), found("min-duration-ms=100.5"));
        assertEquals(List.of(1), found("session=customer+17"));
        assertEquals(List.of(2), found("session=customer%2018"));
        assertEquals(List.of(2), found("failed=true"));
        assertEquals(List.of(3, 2, 1), found("failed=false"));
        assertEquals(List.of(2), found("service=agent&failed"));
        assertEquals(List.of(), found("service=stock&failed"));
    }

    @Test
    void findsTextInNamesMessagesAttributesEventsAndIds() {
        sendThree();
        assertEquals(List.of(2), found("text=connection+reset"));
        assertEquals(List.of(1), found("text=/CHAT"));
        assertEquals(List.of(3), found("text=" + URLEncoder.encode("zürich %", StandardCharsets.UTF_8)));
        assertEquals(List.of(2, 1), found("text=service.name&service=agent"));
        assertEquals(List.of(2), found("text=" + Payload.traceId(2)));
        assertEquals(List.of(3), found("text=&limit=1"));
        assertEquals(List.of(2), found("text=agent&limit=1"));
        assertEquals(List.of(), found("text=nowhere"));
    }

    /** A page asks again and again, while spans come. */
    @Test
    void aRepeatedSearchSeesWhatCameMeanwhile() {
        sendThree();
        assertEquals(List.of(), found("text=late+news"));
        assertEquals(List.of(), found("text=late+news"));
        server.postProtobuf(Payload.trace(1)
                .process("agent", 1)
                .span(90, 0, "late news", SPAN_KIND_INTERNAL, 0, 1)
                .protobuf());
        assertEquals(List.of(1), found("text=late+news"));
        server.postProtobuf(Payload.trace(4)
                .process("agent", 1)
                .span(91, 0, "late news", SPAN_KIND_INTERNAL, 0, 1)
                .protobuf());
        assertEquals(List.of(4, 1), found("text=late+news"));
        assertEquals(List.of(4), found("text=late+news&limit=1"));
        assertEquals(List.of(4, 1), found("text=late+news"));
        for (int text = 0; text < 20; text++) assertEquals(List.of(), found("text=other" + text));
        assertEquals(List.of(4, 1), found("text=late+news"));
    }

    @Test
    void theListNamesAllServicesAndCallsARootByWhatItDid() {
        sendThree();
        JsonObject list = server.json("/api/traces?service=stock");
        assertEquals("[\"agent\",\"stock\"]", list.get("services").toString());
        JsonArray traces = server.json("/api/traces?verdict=would-deny").getAsJsonArray("traces");
        assertEquals("POST", traces.get(0).getAsJsonObject().get("root").getAsString());
        assertEquals("POST /chat", traces.get(0).getAsJsonObject().get("label").getAsString());
        assertEquals(
                "[\"customer 17\"]",
                traces.get(0).getAsJsonObject().get("sessions").toString());
    }

    @Test
    void whatHasNotChangedIsNotSentAgain() {
        sendThree();
        String[] paths = {"/api/traces?service=stock", "/api/traces/" + Payload.traceId(3)};
        for (String path : paths) {
            String version = version(server.get(path));
            HttpResponse<byte[]> again = server.get(path, "If-None-Match", version);
            assertEquals(304, again.statusCode());
            assertEquals(0, again.body().length);
            assertEquals(version, version(again));
            assertEquals(200, server.get(path, "If-None-Match", "\"other\"").statusCode());
        }
        String list = version(server.get(paths[0]));
        String chain = version(server.get(paths[1]));
        server.postProtobuf(Payload.trace(1)
                .process("agent", 1)
                .span(9, 1, "more", SPAN_KIND_CLIENT, 5, 6)
                .protobuf());
        assertNotEquals(list, version(server.get(paths[0])));
        assertEquals(304, server.get(paths[1], "If-None-Match", chain).statusCode());
        server.postProtobuf(Payload.trace(1)
                .process("agent", 1)
                .span(10, 1, "reads what 3 wrote", SPAN_KIND_CLIENT, 5, 6)
                .linkedTo(Payload.traceId(3), 1)
                .protobuf());
        assertEquals(200, server.get(paths[1], "If-None-Match", chain).statusCode());
    }

    private static String version(HttpResponse<byte[]> response) {
        return response.headers().firstValue("ETag").orElseThrow();
    }

    private Payload keyed(int trace, String key) {
        return Payload.trace(trace)
                .process("agent", 1)
                .span(1, 0, "run " + trace, SPAN_KIND_INTERNAL, 0, 9)
                .span(2, 1, "POST", SPAN_KIND_CLIENT, 1, 2)
                .with("weir.idempotency.key", key)
                .with("weir.attempt", 1)
                .span(3, 1, "POST", SPAN_KIND_CLIENT, 3, 4)
                .with("weir.idempotency.key", key)
                .with("weir.attempt", 2)
                .with("weir.verdict.retry-budget", "deny");
    }

    @Test
    void findsTheSpansOfAnIdempotencyKeyOverChains() {
        String key = "a/b c+d%";
        server.postProtobuf(keyed(1, key).protobuf());
        server.postProtobuf(keyed(2, key).protobuf());
        server.postProtobuf(keyed(3, "another").protobuf());
        String path =
                "/api/keys/" + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
        JsonObject reply = server.json(path);
        assertEquals(key, reply.get("key").getAsString());
        JsonArray spans = reply.getAsJsonArray("spans");
        assertEquals(4, spans.size());
        assertEquals(
                "{\"traceId\":\"" + Payload.traceId(1) + "\",\"root\":\"run 1\",\"spanId\":\"" + Payload.spanId(3)
                        + "\",\"name\":\"POST\",\"service\":\"agent\",\"kind\":\"client\",\"status\":\"unset\",\"attempt\":2,"
                        + "\"refused\":true,\"startUnixNano\":\"1790000000003000000\"}",
                spans.get(1).toString());
        assertEquals("[]", server.json("/api/keys/nobody").get("spans").toString());
    }

    @Test
    void aChainKnowsWhoLinksToIt() {
        String path = "/api/traces/" + Payload.traceId(1);
        server.postProtobuf(Payload.trace(2)
                .process("reader", 1)
                .span(7, 0, "file read", SPAN_KIND_INTERNAL, 0, 9)
                .linkedTo(Payload.traceId(1), 2)
                .linkedTo(Payload.traceId(2), 2)
                .protobuf());
        server.postProtobuf(keyed(1, "k").protobuf());
        JsonArray linkedFrom = server.json(path).getAsJsonArray("linkedFrom");
        assertEquals(1, linkedFrom.size());
        assertEquals(
                Payload.traceId(2),
                linkedFrom.get(0).getAsJsonObject().get("traceId").getAsString());
        assertEquals(
                "file read", linkedFrom.get(0).getAsJsonObject().get("root").getAsString());
        assertEquals(
                0,
                server.json("/api/traces/" + Payload.traceId(2))
                        .getAsJsonArray("linkedFrom")
                        .size());
    }

    @Test
    void whatIsLetGoIsNoLongerFound() {
        try (RunningServer small = new RunningServer(given -> RunningServer.limitedTo(1, 64L << 20, 1L << 20))) {
            small.postProtobuf(
                    keyed(1, "shared").linkedTo(Payload.traceId(9), 1).protobuf());
            small.postProtobuf(Payload.trace(9)
                    .process("late", 1)
                    .span(1, 0, "late", SPAN_KIND_INTERNAL, 0, 1)
                    .protobuf());
            assertEquals("[]", small.json("/api/keys/shared").get("spans").toString());
            assertEquals("[\"late\"]", small.json("/api/traces").get("services").toString());
            assertEquals(
                    "[]",
                    small.json("/api/traces/" + Payload.traceId(9))
                            .get("linkedFrom")
                            .toString());
        }
    }
}
