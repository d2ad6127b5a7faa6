package dev.weir.instrumentation.opentelemetryapi;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.instrumentation.api.instrumenter.AttributesExtractor;
import io.opentelemetry.instrumentation.api.instrumenter.Instrumenter;
import io.opentelemetry.instrumentation.api.instrumenter.InstrumenterBuilder;
import io.opentelemetry.instrumentation.api.instrumenter.SpanKindExtractor;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Makes spans of calls as the instrumentation in OpenTelemetry's agent does. Loaded under the names that it has there. */
public final class ClientOfTheAgents implements BiFunction<String, Runnable, List<String>> {

    private final List<String> exported = new ArrayList<>();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(new Told(exported)))
            .build();
    private final InstrumenterBuilder<String, String> builder = Instrumenter.<String, String>builder(
                    new Provided(provider), "test", request -> request)
            .addAttributesExtractor(new Method());

    /** Makes a call, meanwhile something happens; answers with the spans. */
    @Override
    public List<String> apply(String kind, Runnable meanwhile) {
        Instrumenter<String, String> instrumenter = instrumenter(kind);
        Context context = instrumenter.start(Context.current(), "GET");
        try (Scope ignored = context.makeCurrent()) {
            if (kind.endsWith(" with another inside")) {
                Span inner = provider.get("test").spanBuilder("inner").startSpan();
                try (Scope alsoIgnored = inner.makeCurrent()) {
                    meanwhile.run();
                }
                inner.end();
            } else {
                meanwhile.run();
            }
        }
        instrumenter.end(context, "GET", "done", null);
        return exported;
    }

    private Instrumenter<String, String> instrumenter(String kind) {
        if (kind.equals("internal")) return builder.buildInstrumenter();
        return builder.buildInstrumenter(
                kind.equals("server") ? SpanKindExtractor.alwaysServer() : SpanKindExtractor.alwaysClient());
    }

    private static final class Method implements AttributesExtractor<String, String> {

        @Override
        public void onStart(AttributesBuilder attributes, Context parent, String request) {
            attributes.put("http.request.method", request);
        }

        @Override
        public void onEnd(
                AttributesBuilder attributes,
                Context context,
                String request,
                @Nullable String response,
                @Nullable Throwable thrown) {}
    }

    private record Provided(SdkTracerProvider provider) implements OpenTelemetry {

        @Override
        public TracerProvider getTracerProvider() {
            return provider;
        }

        @Override
        public ContextPropagators getPropagators() {
            return ContextPropagators.noop();
        }
    }

    private record Told(List<String> spans) implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> ended) {
            for (SpanData span : ended) {
                List<String> events = span.getEvents().stream()
                        .map(event -> event.getName() + " " + sorted(event.getAttributes()))
                        .toList();
                spans.add(span.getName() + " " + span.getParentSpanId() + " " + span.getKind() + " "
                        + sorted(span.getAttributes()) + " " + events);
            }
            return CompletableResultCode.ofSuccess();
        }

        private static String sorted(Attributes attributes) {
            TreeMap<String, Object> sorted = new TreeMap<>();
            for (AttributeKey<?> key : attributes.asMap().keySet()) {
                sorted.put(key.getKey(), attributes.get(key));
            }
            return sorted.toString();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
