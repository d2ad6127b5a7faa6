package example.tracing;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.http.HttpRequest;

/** Spans by OpenTelemetry's API. */
final class ByOpenTelemetry implements Tracing {

    private final OpenTelemetry openTelemetry;
    private final Tracer tracer;

    private ByOpenTelemetry(OpenTelemetry openTelemetry) {
        this.openTelemetry = openTelemetry;
        this.tracer = openTelemetry.getTracer("example.shop");
    }

    /** The application brings an SDK, and sends its spans itself. */
    static Tracing withSdk(String collector) {
        return new ByOpenTelemetry(sdk(collector));
    }

    static OpenTelemetrySdk sdk(String collector) {
        Resource resource = Resource.create(
                Attributes.of(AttributeKey.stringKey("service.name"), System.getProperty("shop", "shop")));
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(resource)
                .addSpanProcessor(SimpleSpanProcessor.create(OtlpHttpSpanExporter.builder()
                        .setEndpoint(collector + "/v1/traces")
                        .build()))
                .build();
        return OpenTelemetrySdk.builder()
                .setTracerProvider(provider)
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
    }

    /** As libraries do it: whatever is there, and nothing is. */
    static Tracing withoutSdk() {
        return new ByOpenTelemetry(GlobalOpenTelemetry.get());
    }

    @Override
    public void inSpan(String name, Step step) throws Exception {
        Span span = tracer.spanBuilder(name).startSpan();
        try (Scope ignored = span.makeCurrent()) {
            step.run();
        } finally {
            span.end();
        }
    }

    @Override
    public void inject(HttpRequest.Builder request) {
        openTelemetry
                .getPropagators()
                .getTextMapPropagator()
                .inject(Context.current(), request, (carrier, name, value) -> {
                    if (carrier != null) carrier.setHeader(name, value);
                });
    }

    @Override
    public void close() {
        if (openTelemetry instanceof OpenTelemetrySdk sdk) sdk.close();
    }
}
