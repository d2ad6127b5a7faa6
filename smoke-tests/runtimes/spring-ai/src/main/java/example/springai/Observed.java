package example.springai;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

/** Whether Spring AI makes spans of its own, as it does under Spring Boot. */
record Observed(ObservationRegistry registry, Runnable whenClosed) implements AutoCloseable {

    static Observed not() {
        return new Observed(ObservationRegistry.NOOP, () -> {});
    }

    static Observed spansTo(String collector) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "shop")))
                .addSpanProcessor(SimpleSpanProcessor.create(OtlpHttpSpanExporter.builder()
                        .setEndpoint(collector + "/v1/traces")
                        .build()))
                .build();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig()
                .observationHandler(new DefaultTracingObservationHandler(
                        new OtelTracer(provider.get("spring"), new OtelCurrentTraceContext(), event -> {})));
        return new Observed(registry, provider::close);
    }

    @Override
    public void close() {
        whenClosed.run();
    }
}
