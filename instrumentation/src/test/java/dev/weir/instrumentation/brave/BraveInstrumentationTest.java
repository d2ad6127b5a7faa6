package dev.weir.instrumentation.brave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import brave.Span;
import brave.Tracer;
import brave.Tracing;
import brave.propagation.ThreadLocalCurrentTraceContext;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application with Brave. */
class BraveInstrumentationTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String WEIRS = "b7ad6b7169203331";

    @RegisterExtension
    final Woven woven = new Woven(new BraveInstrumentation());

    private final Tracing tracing = Tracing.newBuilder()
            .currentTraceContext(ThreadLocalCurrentTraceContext.newBuilder().build())
            .build();
    private final Tracer tracer = tracing.tracer();

    @AfterEach
    void close() {
        tracing.close();
    }

    private static Hooks.SpanContext weirs(int flags) {
        return new Hooks.SpanContext(TRACE, WEIRS, (byte) flags, null);
    }

    @Test
    void aSpanBeginsInWeirs() {
        woven.agent().inSpan(weirs(1));
        Span span = tracer.nextSpan().start();
        assertEquals(TRACE, span.context().traceIdString());
        assertEquals(WEIRS, span.context().parentIdString());
        assertEquals(Boolean.TRUE, span.context().sampled());
        span.finish();
        woven.agent().inSpan(weirs(0));
        assertEquals(Boolean.FALSE, tracer.nextSpan().context().sampled());
    }

    @Test
    void theInnermostIsTheParent() {
        Span outer = tracer.nextSpan().start();
        try (Tracer.SpanInScope ignored = tracer.withSpanInScope(outer)) {
            assertEquals(
                    outer.context().spanIdString(), tracer.nextSpan().context().parentIdString());
            // Weir's began inside of the outer one.
            woven.agent().inSpan(weirs(1), outer.context().spanIdString());
            Span inWeirs = tracer.nextSpan().start();
            assertEquals(WEIRS, inWeirs.context().parentIdString());
            try (Tracer.SpanInScope further = tracer.withSpanInScope(inWeirs)) {
                assertEquals(
                        inWeirs.context().spanIdString(),
                        tracer.nextSpan().context().parentIdString());
            }
            inWeirs.finish();
            woven.agent().inSpan(null);
            assertEquals(
                    outer.context().spanIdString(),
                    tracer.currentSpan().context().spanIdString());
        }
        outer.finish();
    }

    @Test
    void weirHearsOfTheCurrentSpan() {
        Span span = tracer.nextSpan().start();
        try (Tracer.SpanInScope ignored = tracer.withSpanInScope(span)) {
            Hooks.SpanContext told = Hooks.applicationSpan();
            assertNotNull(told);
            assertEquals(span.context().spanIdString(), told.spanId);
            assertEquals(32, told.traceId.length());
            assertEquals(1, told.flags);
        }
        assertNull(Hooks.applicationSpan());
        span.finish();
    }
}
