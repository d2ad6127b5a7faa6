package dev.weir.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.context.Hex;
import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of which the application makes spans too, and sends them where Weir's go: they have one span, the application's. */
class ObservedCallsTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final int MODEL = Hooks.ForeignSpan.MODEL;
    private static final int TOOL = Hooks.ForeignSpan.TOOL;
    private static final int HTTP = Hooks.ForeignSpan.HTTP_CLIENT;

    private PipelineFixture fixture = new PipelineFixture();
    private CallPipeline pipeline = fixture.pipeline;
    private static @Nullable String current;
    private static final Hooks.CurrentSpan SOURCE =
            () -> current == null ? null : new Hooks.SpanContext(TRACE, current, (byte) 1, null);

    @BeforeAll
    static void begin() {
        Hooks.tellsOfSpans(SOURCE);
    }

    @BeforeEach
    void share() {
        spans().exportsTo(PipelineFixture.HERE, false);
    }

    @AfterEach
    void end() {
        current = null;
    }

    private Hooks.Spans spans() {
        return pipeline.otherSpans();
    }

    /** A span of the application's, as its adapter reports it. */
    private static final class Theirs extends Hooks.ForeignSpan {

        final Map<String, Object> said = new TreeMap<>();
        private final String spanId;

        Theirs(String spanId, int kind, String parentSpanId) {
            super(kind, parentSpanId);
            this.spanId = spanId;
        }

        @Override
        public Hooks.SpanContext context() {
            return new Hooks.SpanContext(TRACE, spanId, (byte) 1, null, this);
        }

        @Override
        public boolean has(String name) {
            return false;
        }

        @Override
        public void attribute(String name, Object value) {
            said.put(name, value);
        }

        @Override
        public void event(String name, Map<String, String> attributes) {}
    }

    private Call begun(CallFacts facts) {
        Call call = pipeline.begin(facts);
        assertNotNull(call);
        return call;
    }

    private Call scope(CallFacts.Kind kind) {
        return begun(new ScopeFacts(kind, "test", "it") {});
    }

    private Call model() {
        return begun(new GenAiFacts(CallFacts.Kind.MODEL, "test", "gpt-x") {
            @Override
            public @Nullable String finishReason() {
                return "stop";
            }

            @Override
            public long inputTokens() {
                return 11;
            }
        });
    }

    /** The application begins a span, whose parent is what Weir says, else what the application itself knows. */
    private Theirs start(String spanId, int kind) {
        Object starting = spans().starting(kind);
        assertNotNull(starting);
        Hooks.SpanContext around = spans().span(current == null ? "" : current);
        String parent = around != null ? around.spanId : current == null ? "" : current;
        Theirs theirs = new Theirs(spanId, kind, parent);
        spans().started(starting, theirs);
        return theirs;
    }

    private String weirs() {
        Hooks.SpanContext weirs = spans().span(current == null ? "" : current);
        assertNotNull(weirs);
        return weirs.spanId;
    }

    // ---- Weir's scope is the outer one

    @Test
    void aModelCallTakesOverTheIdsOfTheSpanThatBeginsInIt() {
        Call run = scope(CallFacts.Kind.RUN);
        String around = weirs();
        Call call = model();
        Theirs theirs = start("00000000000000a1", MODEL);
        assertEquals(around, theirs.parentSpanId);
        current = theirs.spanId;
        Sent sent = PipelineFixture.pay();
        SpanRecord inside = fixture.call(sent, 200);
        assertEquals("00000000000000a1", Hex.of(inside.parentSpanId));
        assertEquals(TRACE, Hex.of(inside.traceHigh, inside.traceLow));
        current = null;
        spans().ending(theirs);
        assertEquals(1L, theirs.said.get("weir.attempt"));
        pipeline.end(call, 0, null, null);
        pipeline.end(run, 0, null, null);
        assertEquals(2, fixture.records.size(), "the request and the run");
    }

    @Test
    void itSaysThereWhatItKnowsOfTheCall() {
        Call call = model();
        Theirs theirs = start("00000000000000a1", MODEL);
        pipeline.end(call, 0, null, new IllegalStateException("no"));
        assertEquals("chat", theirs.said.get("gen_ai.operation.name"));
        assertEquals("gpt-x", theirs.said.get("gen_ai.request.model"));
        assertEquals(11L, theirs.said.get("gen_ai.usage.input_tokens"));
        assertEquals(List.of("stop"), theirs.said.get("gen_ai.response.finish_reasons"));
        assertEquals("java.lang.IllegalStateException", theirs.said.get("error.type"));
        assertEquals(0, fixture.records.size());
        assertNull(theirs.end(), "nothing is kept of a call that is over");
    }

    /** The subscription begins the scope, and what it captured then is put on the threads that pieces come on. */
    @Test
    void whatWasCapturedBeforeNamesTheSpanToo() throws Exception {
        Call call = model();
        Object captured = pipeline.capture();
        FutureTask<Theirs> elsewhere = new FutureTask<>(() -> {
            Object before = pipeline.enter(captured);
            Theirs theirs = start("00000000000000a1", MODEL);
            pipeline.exit(before);
            return theirs;
        });
        Thread thread = new Thread(elsewhere);
        thread.start();
        Theirs theirs = elsewhere.get();
        pipeline.leave(call);
        Object before = pipeline.enter(captured);
        assertEquals("00000000000000a1", weirs());
        assertEquals("00000000000000a1", Hex.of(fixture.call(PipelineFixture.pay(), 200).parentSpanId));
        pipeline.exit(before);
        pipeline.end(call, 0, null, null);
        assertEquals(1, fixture.records.size());
        assertEquals(1L, theirs.said.get("weir.attempt"));
    }

    @Test
    void onceSomebodyWasToldOfItsSpanItKeepsIt() {
        Call call = model();
        String own = weirs();
        Theirs theirs = start("00000000000000a1", MODEL);
        assertEquals(own, theirs.parentSpanId, "below it, as before");
        pipeline.end(call, 0, null, null);
        assertEquals(own, Hex.of(fixture.last().spanId));
        assertTrue(theirs.said.isEmpty());
    }

    @Test
    void eachOfTwoInsideOfEachOtherHasItsOwn() {
        Call outer = scope(CallFacts.Kind.RUN);
        Theirs first = start("00000000000000a1", Hooks.ForeignSpan.RUN);
        current = first.spanId;
        Call inner = scope(CallFacts.Kind.RUN);
        Theirs second = start("00000000000000a2", Hooks.ForeignSpan.RUN);
        assertEquals("00000000000000a1", second.parentSpanId);
        // One more, in the same run of Weir's: a client that calls another one by itself.
        current = second.spanId;
        Theirs third = start("00000000000000a3", Hooks.ForeignSpan.RUN);
        assertEquals("00000000000000a2", third.parentSpanId);
        pipeline.end(inner, 0, null, null);
        pipeline.end(outer, 0, null, null);
        assertEquals(0, fixture.records.size());
        assertNotEquals(first.said.get("weir.operation.id"), second.said.get("weir.operation.id"));
        assertTrue(third.said.isEmpty());
    }

    @Test
    void oneOfAnotherKindStaysBelow() {
        Call call = model();
        Theirs theirs = start("00000000000000a1", TOOL);
        pipeline.end(call, 0, null, null);
        assertEquals(theirs.parentSpanId, Hex.of(fixture.last().spanId));
        assertTrue(theirs.said.isEmpty());
    }

    @Test
    void oneThatIsNotKeptIsNoPlaceForIt() {
        Call call = model();
        Object starting = spans().starting(MODEL);
        assertNotNull(starting);
        spans().started(starting, null);
        pipeline.end(call, 0, null, null);
        assertEquals(1, fixture.records.size());
    }

    @Test
    void aRequestTakesOverTheIdsOfTheSpanThatBeginsInIt() {
        Sent asked =
                Sent.received("GET", "http://shop/cart").header("traceparent", "00-" + TRACE + "-00000000000000c1-01");
        Call request = begun(asked);
        Object starting = spans().starting(Hooks.ForeignSpan.HTTP_SERVER);
        assertNotNull(starting);
        assertNull(spans().span("00000000000000c1"), "its parent is the caller's, as its headers say");
        Theirs theirs = new Theirs("00000000000000a1", Hooks.ForeignSpan.HTTP_SERVER, "00000000000000c1");
        spans().started(starting, theirs);
        assertEquals("00000000000000a1", Hex.of(fixture.call(PipelineFixture.pay(), 200).parentSpanId));
        pipeline.end(request, 200, null, null);
        assertEquals(1, fixture.records.size());
        assertEquals(200L, theirs.said.get("http.response.status_code"));
        assertEquals(1L, theirs.said.get("weir.attempts"));
    }

    // ---- the application's span is the outer one

    @Test
    void aToolInsideOfItsSpanHasNoOther() {
        Call run = scope(CallFacts.Kind.RUN);
        Theirs theirs = start("00000000000000a1", TOOL);
        current = theirs.spanId;
        Call tool = scope(CallFacts.Kind.TOOL);
        assertEquals("00000000000000a1", Hex.of(fixture.call(PipelineFixture.pay(), 200).parentSpanId));
        pipeline.end(tool, 0, null, null);
        assertEquals("execute_tool", theirs.said.get("gen_ai.operation.name"));
        current = null;
        pipeline.end(run, 0, null, null);
        assertEquals(2, fixture.records.size(), "the request and the run");
    }

    @Test
    void aRequestThatNamesASpanIsThatSpansThoughItIsNotCurrent() {
        Call run = scope(CallFacts.Kind.RUN);
        Theirs theirs = start("00000000000000a1", HTTP);
        List<String> keys = new ArrayList<>();
        // The library repeats the request, headers and all: the second attempt has a span of its own, below.
        for (int status : new int[] {503, 200}) {
            Sent sent = PipelineFixture.pay().header("traceparent", "00-" + TRACE + "-00000000000000a1-01");
            pipeline.end(begun(sent), status, null, null);
            assertEquals("00-" + TRACE + "-00000000000000a1-01", sent.header("traceparent"));
            keys.add(String.valueOf(sent.header("idempotency-key")));
        }
        assertEquals(1L, theirs.said.get("weir.attempt"));
        assertEquals(503L, theirs.said.get("http.response.status_code"));
        assertEquals(1, fixture.records.size());
        assertEquals(2, fixture.last().attempt);
        assertEquals("00000000000000a1", Hex.of(fixture.last().parentSpanId));
        assertEquals(keys.get(0), keys.get(1));
        pipeline.end(run, 0, null, null);
    }

    @Test
    void aSpanThatIsOverIsNobodys() {
        Theirs theirs = start("00000000000000a1", HTTP);
        spans().ending(theirs);
        pipeline.end(
                begun(PipelineFixture.pay().header("traceparent", "00-" + TRACE + "-00000000000000a1-01")),
                200,
                null,
                null);
        assertEquals(1, fixture.records.size());
        assertTrue(theirs.said.isEmpty());
    }

    // ---- whether at all

    private void given(String when) {
        fixture = new PipelineFixture(Map.of("weir.share-spans", when));
        pipeline = fixture.pipeline;
    }

    @Test
    void notBeforeItIsKnownWhereTheApplicationSends() {
        given("auto");
        assertFalse(spans().shares());
        assertNull(spans().starting(MODEL));
        spans().exportsTo(PipelineFixture.HERE, false);
        assertTrue(spans().shares());
    }

    @Test
    void notWhereAnyOfItGoesElsewhere() {
        spans().exportsTo("http://there:4318/v1/traces", false);
        assertFalse(spans().shares());
        given("auto");
        spans().exportsTo(PipelineFixture.HERE, false);
        spans().exportsTo("", true);
        assertFalse(spans().shares(), "nobody knows where");
    }

    @Test
    void asAPersonSays() {
        given("always");
        spans().exportsTo("http://there:4318/v1/traces", false);
        assertTrue(spans().shares());
        given("never");
        spans().exportsTo(PipelineFixture.HERE, false);
        assertFalse(spans().shares());
        Call call = begun(PipelineFixture.pay());
        assertNull(spans().beside(Hooks.ForeignSpan.CLIENT, weirs()), "nor beside another agent");
        pipeline.end(call, 200, null, null);
        assertEquals(1, fixture.records.size());
    }

    @Test
    void spansThatNobodyEndsAreForgotten() throws Exception {
        KnownSpans known = new KnownSpans(2);
        Theirs kept = new Theirs("00000000000000a1", MODEL, "");
        known.put(0xa1, kept);
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        Reference<Object> forgotten = putAndForget(known, collected);
        long until = System.nanoTime() + 10_000_000_000L;
        do {
            assertTrue(System.nanoTime() < until, () -> forgotten + " is still known");
            System.gc();
        } while (collected.remove(10) == null);
        known.put(0xa3, kept);
        assertEquals(kept, known.get(0xa3), "there is room again");
        known.put(0xa4, kept);
        assertNull(known.get(0xa4), "and no more than that");
        known.remove(kept);
        assertNull(known.get(0xa1));
        assertFalse(known.isEmpty());
    }

    private static Reference<Object> putAndForget(KnownSpans known, ReferenceQueue<Object> collected) {
        Theirs span = new Theirs("00000000000000a2", MODEL, "");
        known.put(0xa2, span);
        return new WeakReference<>(span, collected);
    }
}
