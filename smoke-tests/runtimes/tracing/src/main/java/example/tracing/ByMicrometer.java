package example.tracing;

import brave.Tracing.Builder;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.ThreadLocalCurrentTraceContext;
import brave.propagation.TraceContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.brave.bridge.BraveBaggageManager;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BravePropagator;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.brave.bridge.W3CPropagation;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.net.http.HttpRequest;
import java.util.Objects;

/** Spans by Micrometer's observations, as Spring's libraries make them. */
final class ByMicrometer implements Tracing {

    private final ObservationRegistry registry = ObservationRegistry.create();
    private final Tracer tracer;
    private final Propagator propagator;
    private final Runnable whenClosed;

    private ByMicrometer(Tracer tracer, Propagator propagator, Runnable whenClosed) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.whenClosed = whenClosed;
        registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
    }

    static Tracing overOpenTelemetry(String collector) {
        OpenTelemetrySdk sdk = ByOpenTelemetry.sdk(collector);
        io.opentelemetry.api.trace.Tracer made = sdk.getTracer("example.shop");
        return new ByMicrometer(
                new OtelTracer(made, new OtelCurrentTraceContext(), event -> {}),
                new OtelPropagator(sdk.getPropagators(), made),
                sdk::close);
    }

    /** Spans that are printed: {@code span <trace> <id> <parent> <start> <name>}. */
    static Tracing overBrave() {
        ThreadLocalCurrentTraceContext current =
                ThreadLocalCurrentTraceContext.newBuilder().build();
        Builder builder = brave.Tracing.newBuilder()
                .currentTraceContext(current)
                .traceId128Bit(true)
                .supportsJoin(false)
                .propagationFactory(new W3CPropagation())
                .addSpanHandler(new SpanHandler() {
                    @Override
                    public boolean end(TraceContext context, MutableSpan span, Cause cause) {
                        System.out.println("span " + span.traceId() + " " + span.id() + " " + span.parentId() + " "
                                + span.startTimestamp() + " " + span.name());
                        return true;
                    }
                });
        brave.Tracing tracing = builder.build();
        return new ByMicrometer(
                new BraveTracer(tracing.tracer(), new BraveCurrentTraceContext(current), new BraveBaggageManager()),
                new BravePropagator(tracing),
                tracing::close);
    }

    @Override
    public void inSpan(String name, Step step) throws Exception {
        Observation.createNotStarted(name, registry).observeChecked(() -> {
            step.run();
            return name;
        });
    }

    @Override
    public void inject(HttpRequest.Builder request) {
        propagator.inject(Objects.requireNonNull(tracer.currentSpan()).context(), request, (carrier, name, value) -> {
            if (carrier != null) carrier.setHeader(name, value);
        });
    }

    @Override
    public void close() {
        whenClosed.run();
    }
}
