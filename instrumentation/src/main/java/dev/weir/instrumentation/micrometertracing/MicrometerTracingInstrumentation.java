package dev.weir.instrumentation.micrometertracing;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.otel.bridge.OtelTraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * Micrometer Tracing over OpenTelemetry: it has a current span of its own beside that of OpenTelemetry's API, which does not
 * know of Weir's.
 */
public final class MicrometerTracingInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "micrometer-tracing";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext")
                .exactly("context", "CurrentContext");
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
}
