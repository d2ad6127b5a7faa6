package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.bootstrap.Hooks;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** The beginning of a span that OpenTelemetry's agent, or its instrumentation of a library, makes of a call. */
final class Begin {

    private final Context parent;
    private final int kind;
    private final String parentSpanId;
    private final boolean inCall;

    private Begin(Context parent, int kind, String parentSpanId, boolean inCall) {
        this.parent = parent;
        this.kind = kind;
        this.parentSpanId = parentSpanId;
        this.inCall = inCall;
    }

    /** {@code null} for a span of something that Weir does not follow. The parameters are those of {@link AgentSpan#kind}. */
    static @Nullable Begin of(Context context, Object kinds, Object request) {
        int kind = AgentSpan.kind(kinds, request);
        if (kind == 0) return null;
        Span around = Span.fromContextOrNull(context);
        String id = around == null ? "" : Joining.idOf(around.getSpanContext());
        Hooks.SpanContext beside = Hooks.beside(kind, id);
        return beside == null
                ? new Begin(context, kind, id, false)
                : new Begin(AgentSpan.beside(context, beside, kind), kind, beside.spanId, true);
    }

    /** What the span is begun in, when nobody else says. */
    static Context parent(@Nullable Begin begin, Context given) {
        return begin == null ? given : begin.parent;
    }

    /** It has begun, or not: then there is no result. */
    static @Nullable Context end(@Nullable Begin begin, @Nullable Context result) {
        return begin == null ? result : begin.end(result);
    }

    private @Nullable Context end(@Nullable Context result) {
        AgentSpan span = result == null ? null : AgentSpan.begun(result, kind, parentSpanId);
        if (inCall) Hooks.began(span);
        return span == null || result == null ? result : span.storedIn(result);
    }
}
