package dev.weir.instrumentation.micrometertracing;

import dev.weir.bootstrap.Hooks;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A span of an observation over any tracer, which knows texts only. */
final class TaggedSpan extends ObservedSpan {

    private static final String HALF = "0000000000000000";

    private final Span span;

    private TaggedSpan(Span span, String traceId, String spanId, int kind, String parentSpanId) {
        super(traceId, spanId, (byte) 1, null, kind, parentSpanId);
        this.span = span;
    }

    /** {@code null} for one that is not kept. */
    static Hooks.@Nullable ForeignSpan of(Span span, int kind) {
        TraceContext ids = span.context();
        if (Boolean.FALSE.equals(ids.sampled())) return null;
        String traceId = ids.traceId().length() == HALF.length() ? HALF + ids.traceId() : ids.traceId();
        return new TaggedSpan(span, traceId, ids.spanId(), kind, Observed.parent(ids.parentId()));
    }

    @Override
    public void attribute(String name, Object value) {
        Object first = value instanceof List<?> list && list.size() == 1 ? list.get(0) : value;
        span.tag(name, String.valueOf(first));
    }

    /** Its events have no attributes, but every verdict is said by attributes of the span too. */
    @Override
    public void event(String name, Map<String, String> attributes) {
        span.event(name);
    }
}
