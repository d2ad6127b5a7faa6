package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.bootstrap.Hooks;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** The beginning of a span that OpenTelemetry's agent makes of a call. */
final class Begin {

    /** What the span is begun in. */
    final Context parent;

    private final int kind;
    private final String parentSpanId;
    private final boolean inCall;

    private Begin(Context parent, int kind, String parentSpanId, boolean inCall) {
        this.parent = parent;
        this.kind = kind;
        this.parentSpanId = parentSpanId;
        this.inCall = inCall;
    }

    static Begin of(Context context, int kind) {
        Span around = Span.fromContextOrNull(context);
        String id = around == null ? "" : Joining.idOf(around.getSpanContext());
        Hooks.SpanContext beside = Hooks.beside(kind, id);
        return beside == null
                ? new Begin(context, kind, id, false)
                : new Begin(AgentSpan.beside(context, beside, kind), kind, beside.spanId, true);
    }

    /** It has begun, or not: then there is no result. */
    @Nullable
    Context end(@Nullable Context result) {
        AgentSpan span = result == null ? null : AgentSpan.begun(result, kind, parentSpanId);
        if (inCall) Hooks.began(span);
        return span == null || result == null ? result : span.storedIn(result);
    }
}
