package dev.weir.instrumentation.opentelemetryapi;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;

/** Weir in the place of an SDK: traces, and nothing else. Headers are Weir's to write, where it follows the client. */
final class BridgedOpenTelemetry implements OpenTelemetry {

    static final OpenTelemetry INSTANCE = new BridgedOpenTelemetry();

    private static final TracerProvider PROVIDER = new BridgedTracerProvider();

    private BridgedOpenTelemetry() {}

    @Override
    public TracerProvider getTracerProvider() {
        return PROVIDER;
    }

    @Override
    public ContextPropagators getPropagators() {
        return ContextPropagators.noop();
    }

    @Override
    public String toString() {
        return "Weir, as nobody has set another OpenTelemetry";
    }
}
