package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.bootstrap.Hooks;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextStorage;
import org.jspecify.annotations.Nullable;

/** Brings this copy of the API together with Weir's context. */
final class Joining {

    /** Held here: Weir holds it weakly, so that it goes when the application's class loader goes. */
    private static final Hooks.CurrentSpan SOURCE = new Source();

    static {
        Hooks.tellsOfSpans(SOURCE);
    }

    private Joining() {}

    /** From now on Weir asks this copy of the API for its current span. */
    static void begin() {}

    /** The context, with Weir's span in it where that is further in than its own. */
    static Context nearest(Context context) {
        Span own = Span.fromContextOrNull(context);
        String ownId = own == null ? "" : idOf(own.getSpanContext());
        Hooks.SpanContext nearer = Hooks.span(ownId);
        if (nearer == null || nearer.spanId.equals(ownId)) return context;
        return context.with(Span.wrap(SpanContexts.of(nearer)));
    }

    /** The span, or Weir's that was made of the same headers. */
    static Span received(Span span) {
        SpanContext context = span.getSpanContext();
        if (!context.isRemote()) return span;
        Hooks.SpanContext nearer = context.isValid() ? Hooks.span(context.getSpanId()) : null;
        return nearer == null ? span : Span.wrap(SpanContexts.of(nearer));
    }

    static String idOf(SpanContext context) {
        return context.isValid() ? context.getSpanId() : "";
    }

    private static final class Source implements Hooks.CurrentSpan {

        @Override
        public Hooks.@Nullable SpanContext get() {
            try {
                Context context = ContextStorage.get().current();
                if (context == null) return null;
                if (Suppression.isOn(context)) return Hooks.SpanContext.OFF;
                AgentSpan agents = AgentSpan.in(context);
                if (agents != null) return agents.context();
                Span span = Span.fromContextOrNull(context);
                return span == null ? null : SpanContexts.of(span.getSpanContext());
            } catch (RuntimeException | LinkageError e) {
                // Somebody's own storage or span: then nobody knows.
                return null;
            }
        }
    }
}
