package dev.weir.instrumentation.opentelemetryapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application, or a framework in it, that uses the API where nobody has brought an SDK. */
class BridgeTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String LINKED = "00f067aa0ba902b7";

    @RegisterExtension
    final Woven woven = new Woven(new OpenTelemetryApiInstrumentation());

    @BeforeEach
    void forget() {
        GlobalOpenTelemetry.resetForTest();
    }

    private Hooks.SpanData only() {
        List<Hooks.SpanData> spans = woven.agent().spans();
        assertEquals(1, spans.size(), spans::toString);
        return spans.get(0);
    }

    @Test
    void aSpanIsWeirsWithAllThatIsSaidOfIt() {
        Tracer tracer = GlobalOpenTelemetry.getTracer("the.framework", "1.2");
        SpanContext linked = SpanContext.create(TRACE, LINKED, TraceFlags.getSampled(), TraceState.getDefault());
        Span span = tracer.spanBuilder("first name")
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("text", "a")
                .addLink(linked, Attributes.of(AttributeKey.stringKey("why"), "because"))
                .startSpan();
        assertTrue(span.isRecording());
        span.setAttribute("number", 7L).setAttribute("decimal", 0.5).setAttribute("truth", true);
        span.setAttribute(AttributeKey.stringArrayKey("list"), List.of("x", "y"));
        span.addEvent("happened", Attributes.of(AttributeKey.longKey("count"), 3L));
        span.recordException(new IllegalStateException("broken"));
        span.setStatus(StatusCode.ERROR, "failed").updateName("second name");
        span.end();
        assertFalse(span.isRecording());
        span.setAttribute("late", "x").end();

        Hooks.SpanData told = only();
        assertEquals("second name", told.name);
        assertEquals(3, told.kind);
        assertEquals("the.framework", told.scope);
        assertEquals(2, told.status);
        assertEquals("failed", told.description);
        assertEquals(
                Map.of("text", "a", "number", 7L, "decimal", 0.5, "truth", true, "list", List.of("x", "y")),
                told.attributes);
        assertEquals("happened", told.events[0][0]);
        assertEquals(Map.of("count", 3L), told.events[0][2]);
        assertEquals("exception", told.events[1][0]);
        Map<?, ?> thrown = (Map<?, ?>) told.events[1][2];
        assertEquals("java.lang.IllegalStateException", thrown.get("exception.type"));
        assertEquals("broken", thrown.get("exception.message"));
        assertTrue(String.valueOf(thrown.get("exception.stacktrace")).contains("BridgeTest"));
        assertEquals(LINKED, ((Hooks.SpanContext) told.links[0][0]).spanId);
        assertEquals(Map.of("why", "because"), told.links[0][1]);
        assertTrue(told.startNanos <= told.endNanos);
        assertNull(told.parentSpanId);
        assertEquals(span.getSpanContext().getSpanId(), told.context.spanId);
    }

    @Test
    void spansAreInsideOfEachOtherAndOfWeirs() {
        woven.agent().inSpan(new Hooks.SpanContext(TRACE, LINKED, (byte) 1, null));
        Tracer tracer = GlobalOpenTelemetry.getTracer("test");
        Span outer = tracer.spanBuilder("outer").startSpan();
        try (Scope ignored = outer.makeCurrent()) {
            Hooks.SpanContext current = Hooks.applicationSpan();
            assertNotNull(current, "Weir asks for it");
            assertEquals(outer.getSpanContext().getSpanId(), current.spanId);
            tracer.spanBuilder("inner").startSpan().end();
        }
        outer.end();
        assertEquals(2, woven.agent().spans().size());
        Hooks.SpanData inner = woven.agent().spans().get(0);
        assertEquals("inner", inner.name);
        assertEquals(outer.getSpanContext().getSpanId(), inner.parentSpanId);
        assertEquals(TRACE, inner.context.traceId);
        assertEquals(LINKED, woven.agent().spans().get(1).parentSpanId);
    }

    @Test
    void whatNobodyWantsIsNoSpanAndChangesNothing() {
        woven.agent().unwanted("the.framework");
        woven.agent().inSpan(new Hooks.SpanContext(TRACE, LINKED, (byte) 1, null));
        Span span =
                GlobalOpenTelemetry.getTracer("the.framework").spanBuilder("x").startSpan();
        assertFalse(span.isRecording());
        assertEquals(LINKED, span.getSpanContext().getSpanId());
        span.end();
        assertEquals(List.of(), woven.agent().spans());
        GlobalOpenTelemetry.getTracer("another").spanBuilder("y").startSpan().end();
        assertEquals("another", only().scope);
    }

    @Test
    void whatIsNotSampledIsNotRecordedButPassedOn() {
        woven.agent().sample(false);
        Span span = GlobalOpenTelemetry.getTracer("test").spanBuilder("x").startSpan();
        assertFalse(span.isRecording());
        assertTrue(span.getSpanContext().isValid());
        assertFalse(span.getSpanContext().isSampled());
        span.end();
        assertEquals(List.of(), woven.agent().spans());
    }

    @Test
    void withoutAnAgentNothingIsMade() {
        Tracer tracer = GlobalOpenTelemetry.getTracer("test");
        Hooks.install(null);
        Span span = tracer.spanBuilder("x").startSpan();
        assertFalse(span.getSpanContext().isValid());
        span.end();
        Hooks.install(woven.agent());
        assertEquals(List.of(), woven.agent().spans());
    }

    @Test
    void theApplicationsOwnWinsLateToo() {
        Tracer early = GlobalOpenTelemetry.getOrNoop().getTracer("early");
        early.spanBuilder("before").startSpan().end();
        assertFalse(GlobalOpenTelemetry.isSet(), "nothing was put in the application's place");
        try (SdkTracerProvider sdk = Sdk.provider()) {
            OpenTelemetry own = openTelemetry(sdk);
            GlobalOpenTelemetry.set(own);
            assertSame(sdk, GlobalOpenTelemetry.get().getTracerProvider());
            Span now = GlobalOpenTelemetry.getTracer("late").spanBuilder("now").startSpan();
            assertTrue(now instanceof ReadableSpan, now::toString);
            now.end();
            // And what was handed out before gives way.
            Span alsoNow = early.spanBuilder("also now").startSpan();
            assertTrue(alsoNow instanceof ReadableSpan, alsoNow::toString);
            alsoNow.end();
        }
        assertEquals("before", only().name);
    }

    @Test
    void whatThrowsWithoutWeirThrowsWithIt() {
        // Who asked first has decided, says the API.
        GlobalOpenTelemetry.get();
        assertThrows(IllegalStateException.class, () -> GlobalOpenTelemetry.set(openTelemetry(TracerProvider.noop())));
    }

    @Test
    void whoSetsNothingGetsNothing() {
        Tracer early = GlobalOpenTelemetry.getOrNoop().getTracer("early");
        GlobalOpenTelemetry.set(OpenTelemetry.noop());
        GlobalOpenTelemetry.getTracer("test").spanBuilder("x").startSpan().end();
        early.spanBuilder("y").startSpan().end();
        assertEquals(List.of(), woven.agent().spans());
    }

    @Test
    void hugeSpansAreBounded() {
        Span span = GlobalOpenTelemetry.getTracer("test").spanBuilder("x").startSpan();
        for (int i = 0; i < 1_000; i++) {
            span.setAttribute("key" + i, i);
            span.addEvent("event");
            span.addLink(span.getSpanContext());
        }
        span.setAttribute("key3", "changed");
        span.end();
        Hooks.SpanData told = only();
        assertEquals(128, told.attributes.size());
        assertEquals("changed", told.attributes.get("key3"));
        assertEquals(128, told.events.length);
        assertEquals(128, told.links.length);
    }

    @Test
    void nullsAndForeignTypesDoNoHarm() {
        Span span = GlobalOpenTelemetry.getTracer("test").spanBuilder("x").startSpan();
        span.setAttribute((String) null, "x");
        span.setAttribute("none", (String) null);
        span.addEvent("event", (Attributes) null);
        span.recordException(new RuntimeException() {
            @Override
            public String getMessage() {
                throw new IllegalStateException("not even that");
            }
        });
        span.setStatus(StatusCode.OK).setStatus(StatusCode.ERROR, "too late");
        span.end();
        Hooks.SpanData told = only();
        assertEquals(Map.of(), told.attributes);
        assertEquals(1, told.status);
        assertEquals(2, told.events.length);
    }

    @Test
    void givenTimesAreKept() {
        Instant started = Instant.now().minusSeconds(60);
        Span span = GlobalOpenTelemetry.getTracer("test")
                .spanBuilder("x")
                .setStartTimestamp(started)
                .startSpan();
        span.end(started.plusSeconds(20).toEpochMilli(), TimeUnit.MILLISECONDS);
        Hooks.SpanData told = only();
        long took = TimeUnit.NANOSECONDS.toMillis(told.endNanos - told.startNanos);
        // The two clocks are read one after the other.
        assertTrue(took > 10_000 && took < 30_000, () -> "took " + took);
        assertTrue(System.nanoTime() - told.startNanos >= TimeUnit.SECONDS.toNanos(50));
    }

    private static OpenTelemetry openTelemetry(TracerProvider provider) {
        return new OpenTelemetry() {
            @Override
            public TracerProvider getTracerProvider() {
                return provider;
            }

            @Override
            public ContextPropagators getPropagators() {
                return ContextPropagators.noop();
            }
        };
    }
}
