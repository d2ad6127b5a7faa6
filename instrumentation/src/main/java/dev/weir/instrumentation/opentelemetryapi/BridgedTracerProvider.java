package dev.weir.instrumentation.opentelemetryapi;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerBuilder;
import io.opentelemetry.api.trace.TracerProvider;
import org.jspecify.annotations.Nullable;

/** Gives out tracers whose spans are Weir's. */
final class BridgedTracerProvider implements TracerProvider {

    @Override
    public Tracer get(String scope) {
        return new BridgedTracer(scope, null);
    }

    @Override
    public Tracer get(String scope, @Nullable String version) {
        return new BridgedTracer(scope, version);
    }

    @Override
    public TracerBuilder tracerBuilder(String scope) {
        // The oldest versions of the API have no such type: it may only be named where it is used.
        return BridgedTracerBuilder.of(scope);
    }
}
