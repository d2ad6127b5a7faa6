package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.context.Hex;
import dev.weir.agent.export.SpanRecord;
import dev.weir.agent.rules.Mode;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A client and a server of an MCP session, each in a process of its own. */
class McpPipelineTest {

    private static final Map<String, Object> TEN = Map.of("amount", 10, "to", List.of("a", "b"));

    /** A framework's tool, or its agent. */
    private static final class Scope extends GenAiFacts {

        Scope(Kind kind) {
            super(kind, "test", "shop");
        }
    }

    private PipelineFixture client = new PipelineFixture();
    private PipelineFixture server = new PipelineFixture();

    private SpanRecord ask(Asked asked, String code, Throwable thrown) {
        Call call = client.pipeline.begin(asked);
        client.pipeline.end(call, 0, code, thrown);
        return client.last();
    }

    /** Serves what was sent, and pays once meanwhile. */
    private SpanRecord serve(Asked received) {
        Call call = server.pipeline.begin(received);
        assertNotNull(call);
        server.call(PipelineFixture.pay(), 200);
        server.pipeline.replying(call);
        server.pipeline.end(call, 0, null, null);
        return server.last();
    }

    private SpanRecord payment() {
        return server.records.get(server.records.size() - 2);
    }

    @Test
    void theServerGoesOnWithTheClientsTrace() {
        Asked asked = Asked.sent("charge", TEN);
        asked.callerTimeout = 5_000;
        SpanRecord sent = ask(asked, null, null);
        SpanRecord received = serve(Asked.received(asked));
        assertEquals(sent.traceLow, received.traceLow);
        assertEquals(sent.spanId, received.parentSpanId);
        assertEquals(received.spanId, payment().parentSpanId);
        assertTrue(
                received.remainingMillis > 0 && received.remainingMillis <= 5_000, () -> "" + received.remainingMillis);
        assertEquals(sent.operationLow, received.operationLow);
        assertEquals(sent.idempotencyKey, received.idempotencyKey);
        assertNotNull(sent.idempotencyKey);
        assertNull(received.rare().linked);
    }

    /** Its tool is tried again, mechanically: the same payment, whatever became of the first answer. */
    @Test
    void aRepeatedCallHasTheSameKeysAndTheNextWantedOneHasOthers() {
        Asked first = Asked.sent("charge", TEN);
        SpanRecord sent = ask(first, null, new TimeoutException());
        serve(Asked.received(first));
        SpanRecord paid = payment();
        Map<String, Object> otherOrder = new LinkedHashMap<>();
        otherOrder.put("to", List.of("a", "b"));
        otherOrder.put("amount", 10);
        Asked again = Asked.sent("charge", otherOrder);
        SpanRecord repeated = ask(again, null, null);
        serve(Asked.received(again));
        assertEquals(2, repeated.attempt);
        assertEquals(sent.idempotencyKey, repeated.idempotencyKey);
        assertEquals(paid.idempotencyKey, payment().idempotencyKey);
        assertEquals(2, server.last().attempt);
        Asked wanted = Asked.sent("charge", TEN);
        SpanRecord second = ask(wanted, null, null);
        serve(Asked.received(wanted));
        assertEquals(1, second.attempt);
        assertNotEquals(sent.idempotencyKey, second.idempotencyKey);
        assertNotEquals(paid.idempotencyKey, payment().idempotencyKey);
        assertNotEquals(
                second.idempotencyKey, ask(Asked.sent("charge", Map.of("amount", 11)), null, null).idempotencyKey);
    }

    @Test
    void whatAToolSaysWentWrongMayGoWellTheNextTime() {
        SpanRecord failed = ask(Asked.sent("charge", TEN), "tool_error", null);
        assertTrue(failed.error);
        assertEquals(2, ask(Asked.sent("charge", TEN), "-32602", null).attempt);
        assertEquals(1, ask(Asked.sent("charge", TEN), null, null).attempt, "nobody takes bad parameters back");
    }

    @Test
    void theCalleesCountsAreAddedToTheCallers() {
        Call run = client.pipeline.begin(new Scope(CallFacts.Kind.RUN));
        Asked asked = Asked.sent("charge", TEN);
        Call call = client.pipeline.begin(asked);
        Asked received = Asked.received(asked);
        serve(received);
        assertEquals("1/1/1", received.reply.get("weir-attempts"));
        asked.reply.putAll(received.reply);
        client.pipeline.end(call, 0, null, null);
        client.pipeline.end(run, 0, null, null);
        assertEquals(2, client.last().rare().totals.attempts());
        assertEquals(2, client.last().rare().totals.operations());
    }

    /** The exchange that carries it is the same attempt. */
    @Test
    void overHttpItIsOnTheWireOnce() {
        Call run = client.pipeline.begin(new Scope(CallFacts.Kind.RUN));
        Asked asked = Asked.sent("charge", TEN).overHttp("127.0.0.1");
        Call call = client.pipeline.begin(asked);
        SpanRecord exchange = client.call(Sent.to("POST", "http://127.0.0.1:8080/mcp", "{}"), 200);
        client.pipeline.end(call, 0, null, null);
        SpanRecord sent = client.last();
        client.pipeline.end(run, 0, null, null);
        assertEquals(sent.spanId, exchange.parentSpanId);
        assertEquals(1, client.last().rare().totals.attempts());
        assertEquals(1, client.last().rare().totals.operations());
    }

    @Test
    void overHttpTheServersSpanIsTheClientsAndLinkedToTheRequests() {
        Asked asked = Asked.sent("charge", TEN).overHttp("127.0.0.1");
        Call call = client.pipeline.begin(asked);
        Sent post = Sent.to("POST", "http://127.0.0.1:8080/mcp", "{}");
        client.call(post, 200);
        client.pipeline.end(call, 0, null, null);
        Sent http = Sent.received("POST", "http://127.0.0.1:8080/mcp");
        http.headers.putAll(post.headers);
        Call request = server.pipeline.begin(http);
        SpanRecord received = serve(Asked.received(asked).overHttp(""));
        server.pipeline.end(request, 200, null, null);
        assertEquals(client.last().spanId, received.parentSpanId);
        assertTrue(received.rare().linked != null
                && received.rare().linked.contains(Hex.of(received.traceHigh, received.traceLow)));
        assertEquals(client.last().operationLow, received.operationLow);
        // Its reply went out long before: nothing of the tool's is counted for it.
        assertNull(server.last().rare().totals);
    }

    @Test
    void withoutMetaTheHttpRequestIsTheCause() {
        Sent http = Sent.received("POST", "http://127.0.0.1:8080/mcp")
                .header("baggage", "weir.op=0123456789abcdef0123456789abcdef")
                .header("weir-timeout-ms", "4000");
        Call request = server.pipeline.begin(http);
        SpanRecord received = serve(Asked.received(Asked.sent("charge", TEN)).overHttp(""));
        SpanRecord paid = payment();
        server.pipeline.end(request, 503, null, null);
        assertEquals(server.last().spanId, received.parentSpanId);
        assertNull(received.rare().linked);
        assertTrue(received.remainingMillis <= 4_000);
        // It comes once more.
        request = server.pipeline.begin(http);
        serve(Asked.received(Asked.sent("charge", TEN)).overHttp(""));
        assertEquals(paid.idempotencyKey, payment().idempotencyKey);
        server.pipeline.end(request, 200, null, null);
    }

    /** Over HTTP anybody may ask. */
    @Test
    void strangersAreNotBelieved() {
        Asked asked = Asked.sent("charge", TEN);
        ask(asked, null, null);
        Sent http = Sent.received("POST", "http://mcp.example.com/mcp");
        http.peer = "203.0.113.7";
        Call request = server.pipeline.begin(http);
        Asked received = Asked.received(asked).overHttp("");
        received.meta.put("weir-timeout-ms", "1");
        SpanRecord served = serve(received);
        server.pipeline.end(request, 200, null, null);
        assertNotEquals(client.last().operationLow, served.operationLow);
        assertEquals(Integer.MAX_VALUE, served.remainingMillis);
        assertEquals(client.last().traceLow, served.traceLow, "a trace is no secret");
    }

    @Test
    void strangersAreToldTheTraceAndNothingElse() {
        Asked asked = Asked.sent("charge", TEN).overHttp("mcp.example.com");
        asked.callerTimeout = 5_000;
        ask(asked, null, null);
        assertEquals(List.of("Idempotency-Key", "traceparent"), List.copyOf(asked.meta.keySet()));
    }

    @Test
    void whatComesTooLateIsRefusedAtBothEnds() {
        client.enforcing();
        server.enforcing();
        Asked late = Asked.received(Asked.sent("charge", TEN));
        late.meta.put("weir-timeout-ms", "0");
        Call.Denied refused = assertInstanceOf(Call.Denied.class, server.pipeline.begin(late));
        assertTrue(refused.timeout());
        assertTrue(refused.message().contains("MCP tools/call charge"), refused::message);
        Call request =
                client.pipeline.begin(Sent.received("POST", "http://localhost/").header("weir-timeout-ms", "200"));
        Asked asked = Asked.sent("charge", TEN);
        asked.callerTimeout = 20_000;
        client.pipeline.end(client.pipeline.begin(asked), 0, null, null);
        assertTrue(asked.limited > 0 && asked.limited <= 200, () -> "limited to " + asked.limited);
        assertTrue(Integer.parseInt(asked.meta.getOrDefault("weir-timeout-ms", "-1")) <= 200);
        client.pipeline.end(request, 200, null, null);
    }

    @Test
    void fourAttemptsAreEnough() {
        client.enforcing();
        client.rules.mode("circuit-breaker", Mode.OFF);
        for (int i = 0; i < 4; i++) ask(Asked.sent("charge", TEN), "tool_error", null);
        Call.Denied refused = assertInstanceOf(Call.Denied.class, client.pipeline.begin(Asked.sent("charge", TEN)));
        assertEquals("retry-budget", refused.rule());
    }

    @Test
    void hostileMetaIsIgnoredAndCounted() {
        Asked received = Asked.received(Asked.sent("charge", TEN));
        received.meta.put("traceparent", "\0");
        received.meta.put("tracestate", "x".repeat(10_000));
        received.meta.put("baggage", "weir.op=1," + "x".repeat(10_000));
        received.meta.put("weir-timeout-ms", "-5");
        received.meta.put("Idempotency-Key", "k".repeat(10_000));
        SpanRecord served = serve(received);
        assertEquals(0, served.parentSpanId);
        assertEquals(Integer.MAX_VALUE, served.remainingMillis);
        assertNull(served.idempotencyKey);
        assertEquals(3, server.pipeline.malformedHeaders());
    }

    /** Both spans are there: the framework's tool, and the request that it consists of. */
    @Test
    void aFrameworksToolContainsTheRequest() {
        Call tool = client.pipeline.begin(new Scope(CallFacts.Kind.TOOL));
        SpanRecord sent = ask(Asked.sent("charge", TEN), null, null);
        client.pipeline.end(tool, 0, null, null);
        assertEquals(client.last().spanId, sent.parentSpanId);
        assertEquals("MCP_CLIENT", sent.kind.toString());
    }
}
