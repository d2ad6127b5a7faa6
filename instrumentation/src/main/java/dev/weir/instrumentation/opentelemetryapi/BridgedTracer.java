package dev.weir.instrumentation.opentelemetryapi;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import org.jspecify.annotations.Nullable;

/** Begins spans of Weir's, until the application sets an SDK: from then on, spans of that. */
final class BridgedTracer implements Tracer {

    private final String scope;
    private final @Nullable String version;

    BridgedTracer(@Nullable String scope, @Nullable String version) {
        this.scope = scope == null ? "" : scope;
        this.version = version;
    }

    @Override
    public SpanBuilder spanBuilder(String name) {
        OpenTelemetry replacement = Bridge.replacement();
        if (replacement != null) return of(replacement.getTracerProvider()).spanBuilder(name);
        if (Bridge.isOff()) return of(TracerProvider.noop()).spanBuilder(name);
        return new BridgedSpanBuilder(scope, name);
    }

    private Tracer of(TracerProvider provider) {
        return version == null ? provider.get(scope) : provider.get(scope, version);
    }
}
