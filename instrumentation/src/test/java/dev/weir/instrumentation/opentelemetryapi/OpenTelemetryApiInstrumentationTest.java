package dev.weir.instrumentation.opentelemetryapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application with OpenTelemetry's SDK of its own. */
class OpenTelemetryApiInstrumentationTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String WEIRS = "b7ad6b7169203331";
    private static final String CALLERS = "00f067aa0ba902b7";

    @RegisterExtension
    final Woven woven = new Woven(new OpenTelemetryApiInstrumentation());

    private final SdkTracerProvider sdk = Sdk.provider();
    private final Tracer tracer = sdk.get("test");

    @AfterEach
    void close() {
        sdk.close();
    }

    private static Hooks.SpanContext weirs(int flags) {
        return new Hooks.SpanContext(TRACE, WEIRS, (byte) flags, "vendor=1,other=2");
    }

    private static String parentOf(Span span) {
        return ((ReadableSpan) span).getParentSpanContext().getSpanId();
    }

    @Test
    void aSpanBeginsInWeirsWhereNoneOfTheApplicationIsCurrent() {
        woven.agent().inSpan(weirs(1));
        Span span = tracer.spanBuilder("own").startSpan();
        assertEquals(TRACE, span.getSpanContext().getTraceId());
        assertEquals(WEIRS, parentOf(span));
        assertTrue(span.getSpanContext().isSampled());
        assertEquals("2", span.getSpanContext().getTraceState().get("other"));
        assertEquals(
                "vendor,other",
                String.join(",", span.getSpanContext().getTraceState().asMap().keySet()));
        span.end();
    }

    /** OpenTelemetry's instrumentation of a library makes its spans as its agent does. */
    @Test
    void aSpanOfALibraryGoesIntoThePlaceOfItsCallWhereSpansAreShared() {
        woven.agent().inSpan(weirs(1));
        woven.agent().beside(WEIRS, new Hooks.SpanContext(TRACE, CALLERS, (byte) 1, null));
        assertEquals(
                List.of("GET " + WEIRS + " CLIENT {http.request.method=GET} []"),
                new ClientOfTheAgents().apply("client", () -> {}));
        assertEquals(List.of(), woven.agent().foreign());
        woven.agent().share(null);
        List<String> shared = new ClientOfTheAgents().apply("client", () -> {
            Hooks.SpanContext current = Hooks.applicationSpan();
            assertNotNull(current);
            assertNotNull(current.foreign);
            current.foreign.attribute("weir.attempt", 1L);
        });
        assertEquals(List.of("GET " + CALLERS + " CLIENT {http.request.method=GET, weir.attempt=1} []"), shared);
        assertEquals(2, woven.agent().foreign().size(), "begun and ending");
    }

    @Test
    void whatWeirDoesNotSampleIsNotSampledByTheApplication() {
        woven.agent().inSpan(weirs(0));
        Span span = tracer.spanBuilder("own").startSpan();
        assertEquals(TRACE, span.getSpanContext().getTraceId());
        assertFalse(span.getSpanContext().isSampled());
        span.end();
    }

    @Test
    void theInnermostIsTheParent() {
        Span outer = tracer.spanBuilder("outer").startSpan();
        try (Scope ignored = outer.makeCurrent()) {
            // Weir's began inside of the outer one.
            woven.agent().inSpan(weirs(1), outer.getSpanContext().getSpanId());
            Span inWeirs = tracer.spanBuilder("in Weir's").startSpan();
            assertEquals(WEIRS, parentOf(inWeirs));
            try (Scope further = inWeirs.makeCurrent()) {
                assertSame(inWeirs, Span.current());
                Span innermost = tracer.spanBuilder("innermost").startSpan();
                assertEquals(inWeirs.getSpanContext().getSpanId(), parentOf(innermost));
                innermost.end();
            }
            inWeirs.end();
            woven.agent().inSpan(null);
            assertSame(outer, Span.current());
        }
        outer.end();
    }

    @Test
    void whoeverWantsNoParentHasNone() {
        woven.agent().inSpan(weirs(1));
        Span span = tracer.spanBuilder("own").setNoParent().startSpan();
        assertFalse(((ReadableSpan) span).getParentSpanContext().isValid());
        span.end();
    }

    @Test
    void theContextKeepsWhatTheApplicationHasPutThere() {
        ContextKey<String> key = ContextKey.named("tenant");
        try (Scope ignored = Context.root().with(key, "blue").makeCurrent()) {
            Context own = Context.current();
            woven.agent().inSpan(weirs(1));
            assertEquals("blue", Context.current().get(key));
            assertEquals(WEIRS, Span.current().getSpanContext().getSpanId());
            // Put back where it came from, it is what it was.
            try (Scope again = Context.current().makeCurrent()) {
                Context attached = Context.current();
                assertSame(attached, Context.current());
                assertEquals("blue", attached.get(key));
            }
            woven.agent().inSpan(null);
            assertSame(own, Context.current());
        }
    }

    @Test
    void wrappedTasksTakeItAlong() throws Exception {
        ExecutorService plain = Executors.newSingleThreadExecutor();
        try {
            ExecutorService wrapping = Context.taskWrapping(plain);
            woven.agent().inSpan(weirs(1));
            Context captured = Context.current();
            woven.agent().inSpan(null);
            String seen = wrapping.submit(
                            captured.wrap(() -> Span.current().getSpanContext().getSpanId()))
                    .get();
            assertEquals(WEIRS, seen);
        } finally {
            plain.shutdown();
        }
    }

    @Test
    void weirAsksForTheSpanThatIsCurrent() {
        assertNull(Hooks.applicationSpan());
        Span span = tracer.spanBuilder("own").startSpan();
        try (Scope ignored = span.makeCurrent()) {
            Hooks.SpanContext told = Hooks.applicationSpan();
            assertNotNull(told);
            assertEquals(span.getSpanContext().getTraceId(), told.traceId);
            assertEquals(span.getSpanContext().getSpanId(), told.spanId);
            assertEquals(1, told.flags & 1);
        }
        assertNull(Hooks.applicationSpan());
        span.end();
    }

    @Test
    void weirAsksWithoutHearingOfItself() {
        // Something is current once, so that the API is known.
        Context.root().makeCurrent().close();
        woven.agent().inSpan(weirs(1));
        assertNull(Hooks.applicationSpan());
    }

    @Test
    void traceStateGoesBothWays() {
        Span span = Span.wrap(SpanContext.create(
                TRACE,
                CALLERS,
                TraceFlags.getSampled(),
                TraceState.builder().put("b", "2").put("a", "1").build()));
        try (Scope ignored = span.makeCurrent()) {
            Hooks.SpanContext told = Hooks.applicationSpan();
            assertNotNull(told);
            assertEquals("a=1,b=2", told.traceState);
        }
    }

    @Test
    void aSpanMadeOfTheRequestsHeadersIsInsideOfWeirsForTheSameRequest() {
        woven.agent().inSpan(weirs(1), CALLERS);
        Map<String, String> headers = Map.of("traceparent", "00-" + TRACE + "-" + CALLERS + "-01");
        Context extracted = W3CTraceContextPropagator.getInstance()
                .extract(Context.current(), headers, new TextMapGetter<>() {
                    @Override
                    public Iterable<String> keys(Map<String, String> carrier) {
                        return carrier.keySet();
                    }

                    @Override
                    public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
                        return carrier == null ? null : carrier.get(key);
                    }
                });
        Span server = tracer.spanBuilder("GET").setParent(extracted).startSpan();
        assertEquals(WEIRS, parentOf(server));
        server.end();
        // Of another request, it is not.
        woven.agent().inSpan(weirs(1));
        Span other = tracer.spanBuilder("GET").setParent(extracted).startSpan();
        assertEquals(CALLERS, parentOf(other));
        other.end();
    }
}
