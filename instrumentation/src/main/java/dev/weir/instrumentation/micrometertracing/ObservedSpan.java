package dev.weir.instrumentation.micrometertracing;

import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/** A span of an observation of one call. */
abstract class ObservedSpan extends Hooks.ForeignSpan {

    private final Hooks.SpanContext context;

    ObservedSpan(
            String traceId, String spanId, byte flags, @Nullable String traceState, int kind, String parentSpanId) {
        super(kind, parentSpanId);
        this.context = new Hooks.SpanContext(traceId, spanId, flags, traceState, this);
    }

    @Override
    public final Hooks.SpanContext context() {
        return context;
    }

    /** Nobody asks: the kind says it all. */
    @Override
    public final boolean has(String attribute) {
        return false;
    }
}
