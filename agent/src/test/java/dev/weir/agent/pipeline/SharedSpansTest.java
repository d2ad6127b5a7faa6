package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.context.Hex;
import dev.weir.agent.export.SpanRecord;
import dev.weir.agent.rules.Mode;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls that another agent follows too have one span: that agent's. */
class SharedSpansTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "00000000000000c1";
    private static final int SERVER = Hooks.ForeignSpan.SERVER;
    private static final int CLIENT = Hooks.ForeignSpan.CLIENT;

    private final PipelineFixture fixture = new PipelineFixture();
    private final CallPipeline pipeline = fixture.pipeline;
    private static @Nullable Theirs current;
    private static final Hooks.CurrentSpan SOURCE = () -> current == null ? null : current.context();

    /** The application's copy of the API, which knows the ids alone, and may be asked first. */
    private static final Hooks.CurrentSpan IDS =
            () -> current == null ? null : new Hooks.SpanContext(TRACE, current.spanId, (byte) 1, null);

    @BeforeAll
    static void begin() {
        Hooks.tellsOfSpans(IDS);
        Hooks.tellsOfSpans(SOURCE);
    }

    @AfterEach
    void end() {
        current = null;
    }

    /** A span of the other agent's, as its adapter reports it. */
    private static final class Theirs extends Hooks.ForeignSpan {

        final Map<String, Object> said = new TreeMap<>();
        final List<Map<String, String>> events = new ArrayList<>();
        private final String spanId;
        private final String attribute;

        Theirs(String spanId, int kind, String parentSpanId, String attribute) {
            super(kind, parentSpanId);
            this.spanId = spanId;
            this.attribute = attribute;
        }

        @Override
        public Hooks.SpanContext context() {
            return new Hooks.SpanContext(TRACE, spanId, (byte) 1, null, this);
        }

        @Override
        public boolean has(String name) {
            return name.equals(attribute);
        }

        @Override
        public void attribute(String name, Object value) {
            said.put(name, value);
        }

        @Override
        public void event(String name, Map<String, String> attributes) {
            assertEquals("weir.verdict", name);
            events.add(attributes);
        }
    }

    private static Theirs http(String spanId, int kind, String parentSpanId) {
        return new Theirs(spanId, kind, parentSpanId, "http.request.method");
    }

    private static Sent asked() {
        return Sent.received("GET", "http://shop/cart").header("traceparent", "00-" + TRACE + "-" + CALLER + "-01");
    }

    private Call begun(CallFacts facts) {
        Call call = pipeline.begin(facts);
        assertNotNull(call);
        return call;
    }

    private Call run() {
        return begun(new ScopeFacts(CallFacts.Kind.RUN, "test", "buy") {});
    }

    private String weirs() {
        Hooks.SpanContext weirs = pipeline.otherSpans().span("");
        assertNotNull(weirs);
        return weirs.spanId;
    }

    // ---- the other agent's advice is the outer one

    @Test
    void aCallInsideOfItsSpanHasNoOther() {
        Call run = run();
        Theirs theirs = http("00000000000000a1", CLIENT, weirs());
        current = theirs;
        Sent sent = PipelineFixture.pay();
        Call call = begun(sent);
        assertEquals("00-" + TRACE + "-00000000000000a1-01", sent.header("traceparent"));
        pipeline.end(call, 200, null, null);
        assertEquals(0, fixture.records.size());
        assertEquals(1L, theirs.said.get("weir.attempt"));
        assertEquals("test", theirs.said.get("weir.instrumentation"));
        assertEquals(32, String.valueOf(theirs.said.get("weir.operation.id")).length());
        assertNull(theirs.end(), "nothing is kept of a call that is over");
        current = null;
        pipeline.end(run, 0, null, null);
    }

    @Test
    void theHeaderThatItHasWrittenAlreadyNamesTheCall() {
        Theirs theirs = http("00000000000000a1", CLIENT, "00000000000000a0");
        current = theirs;
        Sent sent = PipelineFixture.pay().header("traceparent", "00-" + TRACE + "-00000000000000a1-01");
        Call call = begun(sent);
        sent.foreign = sent.header("traceparent");
        Object inside = pipeline.capture();
        assertNull(inside, "a call is no scope");
        pipeline.end(call, 200, null, null);
        assertEquals("00000000000000a0", Hex.of(((OpenCall) call).record.parentSpanId), "or it were its own parent");
        assertEquals(0, fixture.records.size());
        assertFalse(theirs.said.isEmpty());
    }

    @Test
    void theSecondCallInOneSpanHasItsOwn() {
        Theirs theirs = http("00000000000000a1", CLIENT, "");
        current = theirs;
        pipeline.end(begun(PipelineFixture.pay()), 503, null, null);
        SpanRecord second = fixture.call(PipelineFixture.pay(), 200);
        assertEquals(2, second.attempt);
        assertEquals("00000000000000a1", Hex.of(second.parentSpanId));
        assertEquals(1L, theirs.said.get("weir.attempt"));
    }

    @Test
    void aCallThatDoesNotTakePlaceLeavesTheSpanToTheNext() {
        Theirs theirs = http("00000000000000a1", CLIENT, "");
        current = theirs;
        pipeline.withdraw(begun(PipelineFixture.pay()));
        assertTrue(theirs.said.isEmpty());
        pipeline.end(begun(PipelineFixture.pay()), 200, null, null);
        assertEquals(0, fixture.records.size());
        assertEquals(1L, theirs.said.get("weir.attempt"));
    }

    @Test
    void aSpanOfSomethingElseIsAroundTheCall() {
        // A model call, a statement, a request that came in, a span that is ending: none is of this call.
        List<Theirs> others = List.of(
                new Theirs("00000000000000a1", CLIENT, "", "gen_ai.operation.name"),
                new Theirs("00000000000000a2", CLIENT, "", "db.system.name"),
                http("00000000000000a3", SERVER, ""),
                http("00000000000000a4", CLIENT, ""));
        others.get(3).end();
        for (Theirs other : others) {
            current = other;
            SpanRecord record = fixture.call(PipelineFixture.pay(), 200);
            assertEquals(other.spanId, Hex.of(record.parentSpanId));
            assertTrue(other.said.isEmpty());
        }
    }

    @Test
    void aScopeInBetweenKeepsThemApart() {
        Theirs theirs = http("00000000000000a1", CLIENT, "");
        current = theirs;
        Call run = run();
        String around = weirs();
        SpanRecord record = fixture.call(PipelineFixture.pay(), 200);
        assertEquals(around, Hex.of(record.parentSpanId));
        assertTrue(theirs.said.isEmpty());
        pipeline.end(run, 0, null, null);
    }

    @Test
    void verdictsAreSaidInIt() {
        fixture.rules.mode("deadline", Mode.ENFORCE);
        Sent request = asked().header("weir-timeout-ms", "1");
        Call server = begun(request);
        long began = System.nanoTime();
        while (System.nanoTime() - began < 5_000_000) Thread.onSpinWait();
        Theirs theirs = http("00000000000000a1", CLIENT, "");
        current = theirs;
        assertInstanceOf(Call.Denied.class, pipeline.begin(PipelineFixture.pay()));
        assertEquals("deny", theirs.said.get("weir.verdict.deadline"));
        assertEquals("deny", theirs.events.get(0).get("weir.verdict.outcome"));
        assertEquals(0, fixture.records.size());
        current = null;
        pipeline.end(server, 504, null, null);
    }

    @Test
    void aRequestInsideOfItsSpanHasNoOther() {
        Theirs theirs = http("00000000000000a1", SERVER, CALLER);
        current = theirs;
        Call request = begun(asked());
        SpanRecord inside = fixture.call(PipelineFixture.pay(), 200);
        assertEquals("00000000000000a1", Hex.of(inside.parentSpanId));
        pipeline.end(request, 200, null, null);
        assertEquals(1, fixture.records.size());
        assertEquals(1L, theirs.said.get("weir.attempts"));
    }

    // ---- Weir's advice is the outer one

    /** Another agent's span begins where Weir says. */
    private Theirs beginInside(String spanId, int kind, String parentSpanId) {
        Hooks.SpanContext beside = pipeline.otherSpans().beside(kind, parentSpanId);
        assertNotNull(beside);
        assertNull(pipeline.otherSpans().span(parentSpanId), "or the span would hang below the call after all");
        Theirs theirs = http(spanId, kind, beside.spanId);
        pipeline.otherSpans().began(theirs);
        current = theirs;
        return theirs;
    }

    @Test
    void aSpanThatBeginsInTheCallTakesItsPlace() {
        Call run = run();
        String around = weirs();
        Sent sent = PipelineFixture.pay();
        Call call = begun(sent);
        Theirs theirs = beginInside("00000000000000a1", CLIENT, weirs());
        assertEquals(around, theirs.parentSpanId);
        // Its own headers name it; so does whatever is asked now.
        sent.header("traceparent", "00-" + TRACE + "-00000000000000a1-01");
        assertEquals("00000000000000a1", weirs());
        // It is over first.
        pipeline.otherSpans().ending(theirs);
        assertEquals(1L, theirs.said.get("weir.attempt"));
        current = null;
        pipeline.end(call, 200, null, null);
        pipeline.end(run, 0, null, null);
        assertEquals(1, fixture.records.size(), "the run alone");
    }

    @Test
    void aCallWithoutACauseBelongsToTheTraceOfItsSpan() {
        Call call = begun(PipelineFixture.pay());
        Hooks.SpanContext beside = pipeline.otherSpans().beside(CLIENT, weirs());
        assertNotNull(beside);
        assertEquals("", beside.spanId, "below nothing");
        Theirs theirs = http("00000000000000a1", CLIENT, "");
        pipeline.otherSpans().began(theirs);
        Hooks.SpanContext weirs = pipeline.otherSpans().span("");
        assertNotNull(weirs);
        assertEquals(TRACE, weirs.traceId);
        pipeline.end(call, 200, null, null);
        assertEquals(0, fixture.records.size());
    }

    @Test
    void onlyTheSpanOfTheCallItselfTakesItsPlace() {
        Call call = begun(PipelineFixture.pay());
        String span = weirs();
        assertNull(pipeline.otherSpans().beside(SERVER, span), "of another kind");
        assertNull(pipeline.otherSpans().beside(CLIENT, "00000000000000b1"), "in a span that began inside");
        assertNotNull(pipeline.otherSpans().beside(CLIENT, span));
        pipeline.otherSpans().began(null);
        assertEquals(span, weirs(), "that span was none after all");
        assertNotNull(pipeline.otherSpans().beside(CLIENT, span));
        pipeline.otherSpans().began(new Theirs("00000000000000a1", CLIENT, "", "gen_ai.operation.name"));
        assertEquals(span, weirs(), "nor is one of something else");
        pipeline.end(call, 200, null, null);
        assertEquals(1, fixture.records.size());
        assertNull(pipeline.otherSpans().beside(CLIENT, span));
    }

    @Test
    void aRequestTakesOverTheIdsOfTheSpanThatBeginsInIt() {
        Call request = begun(asked());
        Hooks.SpanContext received = pipeline.otherSpans().span(CALLER);
        assertNotNull(received);
        Theirs theirs = beginInside("00000000000000a1", SERVER, received.spanId);
        assertEquals(CALLER, theirs.parentSpanId);
        SpanRecord inside = fixture.call(PipelineFixture.pay(), 200);
        assertEquals("00000000000000a1", Hex.of(inside.parentSpanId));
        pipeline.otherSpans().ending(theirs);
        assertEquals(1L, theirs.said.get("weir.attempts"));
        current = null;
        pipeline.end(request, 200, null, null);
        assertEquals(1, fixture.records.size());
    }

    @Test
    void aRequestThatEndsElsewhereIsNotKeptByTheThreadThatBeganIt() throws InterruptedException {
        OpenCall request = (OpenCall) begun(asked());
        assertSame(request, request.began.request);
        Thread elsewhere = new Thread(() -> pipeline.end(request, 200, null, null));
        elsewhere.start();
        elsewhere.join();
        assertNull(request.began.request);
    }

    /** What the circuit says of an answer comes too late for a span that is over. */
    @Test
    void aVerdictThatComesTooLateHasASpanOfItsOwn() {
        List<SpanRecord> late = new ArrayList<>();
        for (int i = 0; i < 200 && late.isEmpty(); i++) {
            Call call = begun(Sent.to("POST", "http://pay/charge", "10 EUR " + i));
            Theirs theirs = beginInside(Hex.of(0xa000 + i), CLIENT, weirs());
            pipeline.otherSpans().ending(theirs);
            current = null;
            pipeline.end(call, 503, null, null);
            late.addAll(fixture.records);
        }
        assertEquals(1, late.size());
        assertTrue(late.get(0).notable);
        assertNotEquals(late.get(0).spanId, late.get(0).parentSpanId);
        assertTrue(Hex.of(late.get(0).parentSpanId).startsWith("000000000000a"));
    }
}
