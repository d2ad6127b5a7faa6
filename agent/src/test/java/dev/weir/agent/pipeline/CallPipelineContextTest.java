package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.context.Hex;
import dev.weir.agent.context.TraceParent;
import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes in with a request and goes out with its calls. */
class CallPipelineContextTest {

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;

    // ---- context

    @Test
    void contextIsPutBackEvenWhenACallNeverEnds() {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x"));
        Object inside = pipeline.capture();
        pipeline.begin(PipelineFixture.pay()); // advice failed, and its end never comes
        assertSame(inside, pipeline.capture());
        pipeline.end(request, 200, null, null);
        assertNull(pipeline.capture());
    }

    @Test
    void leavingOnAnotherThreadChangesNothingThere() throws Exception {
        Call call = pipeline.begin(PipelineFixture.pay());
        Thread other = new Thread(() -> {
            Object previous = pipeline.enter(null);
            pipeline.end(call, 200, null, null);
            pipeline.exit(previous);
        });
        other.start();
        other.join();
        assertEquals(1, fixture.records.size());
        pipeline.leave(call);
        assertNull(pipeline.open());
    }

    @Test
    void requestJoinsTheCallersTraceAndPassesItOn() {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        Call request = pipeline.begin(Sent.received("GET", "http://me/x")
                .header("traceparent", "00-" + trace + "-b7ad6b7169203331-01")
                .header("tracestate", "vendor=1")
                .header("baggage", "user=7,weir.op=0123456789abcdef0123456789abcdef,weir.attempt=2.3"));
        Sent out = PipelineFixture.pay();
        SpanRecord client = fixture.call(out, 200);
        pipeline.end(request, 200, null, null);
        SpanRecord server = fixture.last();
        assertEquals(trace, Hex.of(server.traceHigh, server.traceLow));
        assertEquals("b7ad6b7169203331", Hex.of(server.parentSpanId));
        assertEquals(server.spanId, client.parentSpanId);
        assertEquals("2.3", server.attemptPath);
        assertEquals("2.3.1", client.attemptPath);
        assertEquals("0123456789abcdef0123456789abcdef", Hex.of(server.operationHigh, server.operationLow));
        assertEquals(
                TraceParent.format(client.traceHigh, client.traceLow, client.spanId, (byte) 1),
                out.headers.get("traceparent"));
        assertEquals("vendor=1", out.headers.get("tracestate"));
        assertTrue(out.headers.get("baggage").endsWith(",user=7"), out.headers.get("baggage"));
    }

    @Test
    void headersThatAreSetStay() {
        Sent out = PipelineFixture.pay()
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .header("baggage", "mine=1");
        SpanRecord record = fixture.call(out, 200);
        assertEquals("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", out.headers.get("traceparent"));
        assertTrue(out.headers.get("baggage").startsWith("mine=1,weir.op="));
        assertEquals("0af7651916cd43dd8448eb211c80319c", Hex.of(record.traceHigh, record.traceLow));
        assertEquals("b7ad6b7169203331", Hex.of(record.parentSpanId));
    }

    @Test
    void foreignHostsGetTraceAndKeyOnly() {
        Sent out = Sent.to("POST", "https://api.example.com/charge", "10");
        out.callerTimeout = 5_000;
        fixture.call(out, 200);
        assertEquals(Set.of("traceparent", "Idempotency-Key"), out.headers.keySet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "garbage",
                "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
                "00-ünïcode",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"
            })
    void malformedTraceparentStartsATraceOfItsOwn(String header) {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("traceparent", header));
        assertNotNull(request);
        pipeline.end(request, 200, null, null);
        assertEquals(0, fixture.last().parentSpanId);
        assertEquals(0, fixture.log.failures());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1e9", "99999999999999999999", "NaN", " ", "5 0", "0x10", "12;13"})
    void malformedDeadlineIsNone(String header) {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("weir-timeout-ms", header));
        pipeline.end(request, 200, null, null);
        assertEquals(Integer.MAX_VALUE, fixture.last().remainingMillis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weir.op=short",
                "weir.op=../../etc,weir.attempt=1x;y",
                "weir.attempt=<script>",
                "=,=,=;;;",
                "weir.op=\u0007",
                "weir.attempt=9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9.9"
            })
    void hostileBaggageIsNotUsed(String header) {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("baggage", header));
        Sent out = PipelineFixture.pay();
        fixture.call(out, 200);
        pipeline.end(request, 200, null, null);
        assertEquals("", fixture.last().attemptPath);
        assertFalse(out.headers.get("baggage").contains("script"));
        assertEquals(0, fixture.log.failures());
    }

    @Test
    void oversizedBaggageIsNotPassedOn() {
        Call request = pipeline.begin(Sent.received("GET", "http://me/x").header("baggage", "a=" + "b".repeat(9_000)));
        Sent out = PipelineFixture.pay();
        fixture.call(out, 200);
        pipeline.end(request, 200, null, null);
        assertTrue(out.headers.get("baggage").length() < 300);
    }

    @Test
    void strangersAreNotBelieved() {
        Sent request = Sent.received("GET", "http://me/x")
                .header("weir-timeout-ms", "1")
                .header("baggage", "weir.op=0123456789abcdef0123456789abcdef,weir.attempt=7");
        request.peer = "203.0.113.9";
        Call call = pipeline.begin(request);
        pipeline.replying(call);
        pipeline.end(call, 200, null, null);
        SpanRecord record = fixture.last();
        assertEquals(Integer.MAX_VALUE, record.remainingMillis);
        assertEquals("", record.attemptPath);
        assertNotEquals("0123456789abcdef0123456789abcdef", Hex.of(record.operationHigh, record.operationLow));
        assertNull(request.responseHeaders.get("weir-attempts"));
    }
}
