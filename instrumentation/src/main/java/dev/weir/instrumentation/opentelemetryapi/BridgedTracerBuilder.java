package dev.weir.instrumentation.opentelemetryapi;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerBuilder;
import org.jspecify.annotations.Nullable;

/** Puts a {@link BridgedTracer} together. */
final class BridgedTracerBuilder implements TracerBuilder {

    private final String scope;
    private @Nullable String version;

    private BridgedTracerBuilder(String scope) {
        this.scope = scope;
    }

    static TracerBuilder of(String scope) {
        return new BridgedTracerBuilder(scope);
    }

    @Override
    public TracerBuilder setSchemaUrl(String schemaUrl) {
        return this;
    }

    @Override
    public TracerBuilder setInstrumentationVersion(String instrumentationVersion) {
        version = instrumentationVersion;
        return this;
    }

    @Override
    public Tracer build() {
        return new BridgedTracer(scope, version);
    }
}
