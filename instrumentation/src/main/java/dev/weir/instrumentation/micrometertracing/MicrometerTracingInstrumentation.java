package dev.weir.instrumentation.micrometertracing;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelTraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * Micrometer Tracing. Over OpenTelemetry it has a current span of its own beside that of OpenTelemetry's API, which does not
 * know of Weir's. What it makes spans of may be calls that are followed here too.
 */
public final class MicrometerTracingInstrumentation implements Instrumentation {

    private static final String HANDLERS = "io.micrometer.tracing.handler.";
    private static final String TRANSPORT = "io.micrometer.observation.transport.";

    @Override
    public String name() {
        return "micrometer-tracing";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext")
                .exactly("context", "CurrentContext")
                .exactly("newScope", "NewScope", "io.micrometer.tracing.TraceContext");
        handler(weaving, "DefaultTracingObservationHandler", "io.micrometer.observation.Observation$Context");
        handler(weaving, "PropagatingSenderTracingObservationHandler", TRANSPORT + "SenderContext");
        handler(weaving, "PropagatingReceiverTracingObservationHandler", TRANSPORT + "ReceiverContext");
    }

    private static void handler(Weaving weaving, String name, String context) {
        weaving.type(HANDLERS + name).exactly("onStart", "Start", context).exactly("onStop", "Stop", context);
    }

    static final class CurrentContext {

        static @Nullable TraceContext exit(@Nullable TraceContext result) {
            if (result == null || Hooks.span(result.spanId()) == null) return result;
            // What the API says, which knows Weir's span where that is further in.
            SpanContext current = Span.current().getSpanContext();
            return current.isValid() && !current.getSpanId().equals(result.spanId())
                    ? OtelTraceContext.fromOtel(current)
                    : result;
        }
    }

    /**
     * A span is put back on a thread. That asks for the context only to make another one of it, which is no reason to tell of
     * Weir's span: who is told may begin a span below it.
     */
    static final class NewScope {

        static @Nullable Entered enter() {
            return Hooks.shares() ? new Entered(null) : null;
        }

        static void exit(@Nullable Entered entered) {
            if (entered != null) entered.exit();
        }
    }

    /** A span begins here. Where it is of a call that has begun already, it goes into that call's place. */
    static final class Start {

        static @Nullable Object enter(Object handler, Observation.Context context) {
            int kind = Observed.kind(context);
            return kind == 0 ? null : Hooks.starting(kind);
        }

        static void exit(
                @Nullable Object starting,
                @Nullable Throwable thrown,
                TracingObservationHandler<Observation.Context> handler,
                Observation.Context context) {
            if (starting == null) return;
            Hooks.ForeignSpan span = null;
            try {
                if (thrown == null) span = Observed.begun(handler, context);
            } finally {
                Hooks.started(starting, span);
            }
        }
    }

    static final class Stop {

        static void enter(Object handler, Observation.Context context) {
            Hooks.ForeignSpan span = Observed.over(context);
            if (span != null) Hooks.ending(span);
        }
    }
}
