package example.springai;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
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
        OtelTracer tracer = new OtelTracer(provider.get("spring"), new OtelCurrentTraceContext(), event -> {});
        ContextPropagators headers = ContextPropagators.create(W3CTraceContextPropagator.getInstance());
        ObservationRegistry registry = ObservationRegistry.create();
        Open open = new Open();
        registry.observationConfig()
                // The first to hear of a start is the last to hear of a stop.
                .observationHandler(open)
                .observationHandler(new ObservationHandler.FirstMatchingCompositeObservationHandler(
                        new PropagatingSenderTracingObservationHandler<>(
                                tracer, new OtelPropagator(headers, provider.get("spring"))),
                        new DefaultTracingObservationHandler(tracer)));
        return new Observed(registry, () -> {
            open.awaitNone();
            provider.close();
        });
    }

    @Override
    public void close() {
        whenClosed.run();
    }

    /** A stream's observation stops after whoever waits for the stream has its end: too late for an SDK that is closed. */
    private static final class Open implements ObservationHandler<Observation.Context> {

        private int open;

        @Override
        public synchronized void onStart(Observation.Context context) {
            open++;
        }

        @Override
        public synchronized void onStop(Observation.Context context) {
            open--;
            notifyAll();
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            // Those of advisors do not always stop.
            return !context.getClass().getSimpleName().startsWith("Advisor");
        }

        synchronized void awaitNone() {
            long deadline = System.nanoTime() + 10_000_000_000L;
            try {
                while (open > 0 && System.nanoTime() < deadline) wait(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
