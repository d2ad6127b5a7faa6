package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.context.Hex;
import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Weir's spans and the application's own: which is inside of which. */
class ApplicationSpansTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final Hooks.SpanContext OUTER = span(TRACE, "00000000000000a1", 1);
    private static final Hooks.SpanContext INNER = span(TRACE, "00000000000000a2", 1);

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;
    private static Hooks.@Nullable SpanContext current;
    private static final Hooks.CurrentSpan SOURCE = () -> current;

    @BeforeAll
    static void begin() {
        Hooks.tellsOfSpans(SOURCE);
    }

    @AfterEach
    void end() {
        current = null;
    }

    private static Hooks.SpanContext span(String traceId, String spanId, int flags) {
        return new Hooks.SpanContext(traceId, spanId, (byte) flags, "vendor=1");
    }

    private static Sent asked() {
        return Sent.received("GET", "http://shop/cart").header("traceparent", "00-" + TRACE + "-00000000000000c1-01");
    }

    private static ScopeFacts tool() {
        return new ScopeFacts(CallFacts.Kind.TOOL, "test", "charge") {};
    }

    private Call begun(CallFacts facts) {
        Call call = pipeline.begin(facts);
        assertNotNull(call);
        return call;
    }

    private SpanRecord ended(Call call) {
        pipeline.end(call, 0, null, null);
        return fixture.last();
    }

    private static String parent(SpanRecord record) {
        return Hex.of(record.parentSpanId);
    }

    private static String trace(SpanRecord record) {
        return Hex.of(record.traceHigh, record.traceLow);
    }

    @Test
    void whatBeginsInASpanOfTheApplicationHangsBelowIt() {
        current = OUTER;
        Sent sent = PipelineFixture.pay();
        SpanRecord record = fixture.call(sent, 200);
        assertEquals(TRACE, trace(record));
        assertEquals(OUTER.spanId, parent(record));
        String header = sent.header("traceparent");
        assertNotNull(header);
        assertTrue(header.startsWith("00-" + TRACE + "-" + Hex.of(record.spanId)), header);
        assertEquals("vendor=1", sent.header("tracestate"));
    }

    @Test
    void whatTheApplicationDoesNotSampleIsPassedOnUnsampled() {
        current = span(TRACE, "00000000000000a1", 0);
        Sent sent = PipelineFixture.pay();
        Call call = begun(sent);
        pipeline.end(call, 200, null, null);
        assertEquals(0, fixture.records.size());
        assertTrue(String.valueOf(sent.header("traceparent")).endsWith("-00"), sent.header("traceparent"));
    }

    @Test
    void theScopeIsTheSameInAnySpanThatBeginsInIt() {
        assertNull(pipeline.scope());
        Call scope = begun(tool());
        Object here = pipeline.scope();
        Object captured = pipeline.capture();
        assertNotNull(here);
        current = INNER;
        assertNotSame(captured, pipeline.capture());
        assertSame(here, pipeline.scope());
        Object before = pipeline.enter(pipeline.capture());
        assertSame(here, pipeline.scope());
        Call within = begun(tool());
        assertNotSame(here, pipeline.scope());
        pipeline.end(within, 0, null, null);
        pipeline.exit(before);
        pipeline.end(scope, 0, null, null);
        assertNull(pipeline.scope());
    }

    @Test
    void theInnermostIsTheParent() {
        current = OUTER;
        Call scope = begun(tool());
        // The same span still: Weir's scope is the inner one.
        SpanRecord inScope = fixture.call(PipelineFixture.pay(), 200);
        assertEquals(TRACE, trace(inScope));
        assertNotEquals(OUTER.spanId, parent(inScope));
        Hooks.SpanContext weirs = pipeline.otherSpans().span(OUTER.spanId);
        assertNotNull(weirs);
        assertEquals(parent(inScope), weirs.spanId);
        // One that began in the scope.
        current = INNER;
        assertNull(pipeline.otherSpans().span(INNER.spanId));
        assertEquals(INNER.spanId, parent(fixture.call(PipelineFixture.pay(), 200)));
        Call further = begun(tool());
        String furthest = parent(fixture.call(PipelineFixture.pay(), 200));
        // Whatever is further out does not change that.
        current = OUTER;
        assertEquals(furthest, parent(fixture.call(PipelineFixture.pay(), 200)));
        current = weirs;
        assertEquals(furthest, parent(fixture.call(PipelineFixture.pay(), 200)));
        current = null;
        assertEquals(furthest, parent(fixture.call(PipelineFixture.pay(), 200)));
        assertEquals(INNER.spanId, parent(ended(further)));
        SpanRecord outermost = ended(scope);
        assertEquals(weirs.spanId, Hex.of(outermost.spanId));
        assertEquals(OUTER.spanId, parent(outermost));
        assertNull(pipeline.otherSpans().span(""));
    }

    @Test
    void aSpanInsideOfACallHasTheCallForItsParent() {
        Call call = begun(PipelineFixture.pay());
        Hooks.SpanContext weirs = pipeline.otherSpans().span("");
        SpanRecord record = ended(call);
        assertNotNull(weirs);
        assertEquals(Hex.of(record.spanId), weirs.spanId);
        assertEquals(trace(record), weirs.traceId);
    }

    @Test
    void otherThreadsGoOnInTheApplicationsSpan() {
        Call scope = begun(tool());
        Object plain = pipeline.capture();
        current = INNER;
        Object captured = pipeline.capture();
        assertSame(captured, pipeline.capture());
        current = null;
        ended(scope);
        Object before = pipeline.enter(captured);
        SpanRecord record = fixture.call(PipelineFixture.pay(), 200);
        assertEquals(INNER.spanId, parent(record));
        Hooks.SpanContext told = pipeline.otherSpans().span("");
        assertNotNull(told);
        assertEquals(INNER.spanId, told.spanId);
        pipeline.exit(before);
        before = pipeline.enter(plain);
        assertNotEquals(INNER.spanId, parent(fixture.call(PipelineFixture.pay(), 200)));
        pipeline.exit(before);
        assertNull(pipeline.capture());
    }

    @Test
    void attemptsAreCountedAcrossTheApplicationsSpans() {
        Call scope = begun(tool());
        current = OUTER;
        assertEquals(1, fixture.call(PipelineFixture.pay(), 503).attempt);
        current = INNER;
        SpanRecord second = fixture.call(PipelineFixture.pay(), 200);
        assertEquals(2, second.attempt);
        assertEquals(INNER.spanId, parent(second));
        current = null;
        ended(scope);
    }

    @Test
    void aRequestIsInsideOfTheSpanThatTheApplicationMadeForIt() {
        current = OUTER;
        SpanRecord record = ended(begun(asked()));
        assertEquals(OUTER.spanId, parent(record));
        // A span that was left behind on the thread is of another trace.
        current = span("1af7651916cd43dd8448eb211c80319c", "00000000000000b1", 1);
        record = ended(begun(asked()));
        assertEquals("00000000000000c1", parent(record));
        assertEquals(TRACE, trace(record));
    }

    @Test
    void aSpanOfTheCallerIsAroundTheRequest() {
        Call request = begun(asked());
        Hooks.SpanContext weirs = pipeline.otherSpans().span("00000000000000c1");
        assertNotNull(weirs, "made of the same headers");
        assertEquals(Hex.of(ended(request).spanId), weirs.spanId);
    }

    @Test
    void theSendingOfSpansIsNotFollowed() {
        current = Hooks.SpanContext.OFF;
        Sent sent = PipelineFixture.pay();
        assertNull(pipeline.begin(sent));
        assertNull(sent.header("traceparent"));
        // Nor on the threads that it is handed to.
        Object captured = pipeline.capture();
        current = null;
        Object before = pipeline.enter(captured);
        assertNull(pipeline.begin(sent));
        assertNull(pipeline.correlation());
        assertNull(pipeline.otherSpans().span(""));
        pipeline.exit(before);
        assertNotNull(fixture.call(sent, 200));
    }

    @Test
    void aSpanThatAnotherAgentHasWrittenIntoTheRequestSinceIsTheParent() {
        Call scope = begun(tool());
        Sent sent = PipelineFixture.pay();
        Call call = begun(sent);
        sent.foreign = "00-" + TRACE + "-00000000000000d1-01";
        pipeline.end(call, 200, null, null);
        assertEquals(TRACE, trace(fixture.last()));
        assertEquals("00000000000000d1", parent(fixture.last()));
        // What we have written ourselves is none of that.
        Call own = begun(sent);
        sent.foreign = sent.header("traceparent");
        pipeline.end(own, 200, null, null);
        assertNotEquals(0, fixture.last().parentSpanId);
        assertNotEquals(fixture.last().spanId, fixture.last().parentSpanId);
        // One that began inside of the call is not around it.
        Call around = begun(sent);
        Hooks.SpanContext told = pipeline.otherSpans().span("");
        assertNotNull(told);
        sent.foreign = "00-" + told.traceId + "-00000000000000d2-01";
        pipeline.end(around, 200, null, null);
        assertNotEquals("00000000000000d2", parent(fixture.last()));
        ended(scope);
    }

    @Test
    void malformedIdsAreNobodys() {
        current = new Hooks.SpanContext("short", "zz", (byte) 1, null);
        assertNotEquals(0, fixture.call(PipelineFixture.pay(), 200).traceLow);
        Call scope = begun(tool());
        assertNull(pipeline.otherSpans().span("zz"));
        assertNotNull(pipeline.capture());
        ended(scope);
        pipeline.otherSpans().endSpan(data(current));
        assertTrue(fixture.records.stream().noneMatch(record -> record.kind == CallFacts.Kind.SPAN));
    }

    @Test
    void spansWithoutAnSdkAreRecords() {
        Hooks.SpanContext first = pipeline.otherSpans().startSpan("any", null);
        assertNotNull(first);
        Hooks.SpanContext second = pipeline.otherSpans().startSpan("any", first);
        assertNotNull(second);
        assertEquals(first.traceId, second.traceId);
        assertNotEquals(first.spanId, second.spanId);
        pipeline.otherSpans().endSpan(data(second));
        SpanRecord record = fixture.last();
        assertEquals(CallFacts.Kind.SPAN, record.kind);
        assertEquals(second.spanId, Hex.of(record.spanId));
        assertEquals("0000000000000001", parent(record));
        assertTrue(record.error);
        assertEquals("failed", record.rare().message);
    }

    @Test
    void whatAnAdapterTellsOfIsNoSpanOfTheApplicationToo() {
        assertNull(pipeline.otherSpans().startSpan(PipelineFixture.TOLD, null));
        assertNull(pipeline.otherSpans().startSpan(PipelineFixture.TOLD, OUTER));
    }

    private static Hooks.SpanData data(Hooks.SpanContext context) {
        return new Hooks.SpanData(
                context,
                "0000000000000001",
                "call_llm",
                1,
                "test",
                1,
                2,
                2,
                "failed",
                Map.of("key", "value"),
                new Object[0][],
                new Object[0][]);
    }
}
