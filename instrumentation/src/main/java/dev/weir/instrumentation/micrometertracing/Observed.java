package dev.weir.instrumentation.micrometertracing;

import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.TracingObservationHandler;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The observations that are calls, and the spans that were made of them. */
final class Observed {

    private static final String AI = "org.springframework.ai.";
    private static final String SPRING = "org.springframework.";
    private static final String BINDER = "io.micrometer.core.instrument.binder.";

    private static final Map<String, Integer> KINDS = Map.ofEntries(
            Map.entry(AI + "chat.client.observation.ChatClientObservationContext", Hooks.ForeignSpan.RUN),
            Map.entry(AI + "chat.observation.ChatModelObservationContext", Hooks.ForeignSpan.MODEL),
            Map.entry(AI + "tool.observation.ToolCallingObservationContext", Hooks.ForeignSpan.TOOL),
            Map.entry(
                    SPRING + "http.client.observation.ClientRequestObservationContext", Hooks.ForeignSpan.HTTP_CLIENT),
            Map.entry(
                    SPRING + "web.reactive.function.client.ClientRequestObservationContext",
                    Hooks.ForeignSpan.HTTP_CLIENT),
            Map.entry(BINDER + "okhttp3.OkHttpContext", Hooks.ForeignSpan.HTTP_CLIENT),
            Map.entry(BINDER + "httpcomponents.hc5.ApacheHttpClientContext", Hooks.ForeignSpan.HTTP_CLIENT),
            Map.entry(BINDER + "httpcomponents.ApacheHttpClientContext", Hooks.ForeignSpan.HTTP_CLIENT),
            Map.entry(BINDER + "jetty.JettyClientContext", Hooks.ForeignSpan.HTTP_CLIENT),
            Map.entry("io.micrometer.java11.instrument.binder.jdk.HttpClientContext", Hooks.ForeignSpan.HTTP_CLIENT),
            Map.entry("feign.micrometer.FeignContext", Hooks.ForeignSpan.HTTP_CLIENT),
            Map.entry(
                    SPRING + "http.server.observation.ServerRequestObservationContext", Hooks.ForeignSpan.HTTP_SERVER),
            Map.entry(
                    SPRING + "http.server.reactive.observation.ServerRequestObservationContext",
                    Hooks.ForeignSpan.HTTP_SERVER));

    private static final ClassValue<Integer> BY_CLASS = new ClassValue<>() {
        @Override
        protected Integer computeValue(Class<?> context) {
            for (Class<?> at = context; at != null; at = at.getSuperclass()) {
                Integer kind = KINDS.get(at.getName());
                if (kind != null) return kind;
            }
            return 0;
        }
    };

    private static final WeakIdentityMap<Hooks.ForeignSpan> OPEN = new WeakIdentityMap<>(65_536);

    private Observed() {}

    /** What kind of call is observed, as {@link Hooks.ForeignSpan#kind}; 0 for what Weir does not follow. */
    static int kind(Observation.Context context) {
        return BY_CLASS.get(context.getClass());
    }

    /** The span that has begun; {@code null} when it is not kept. */
    static Hooks.@Nullable ForeignSpan begun(
            TracingObservationHandler<Observation.Context> handler, Observation.Context context) {
        Span span = handler.getTracingContext(context).getSpan();
        if (span == null || span.isNoop()) return null;
        Hooks.ForeignSpan made = wrapped(span, kind(context));
        if (made != null) OPEN.put(context, made);
        return made;
    }

    private static Hooks.@Nullable ForeignSpan wrapped(Span span, int kind) {
        if (!span.getClass().getName().equals("io.micrometer.tracing.otel.bridge.OtelSpan")) {
            return TaggedSpan.of(span, kind);
        }
        try {
            return OtelObservedSpan.of(span, kind);
        } catch (IllegalAccessError e) {
            // Before 1.4 nobody but Micrometer sees whether it is recorded.
            return null;
        }
    }

    /** The span of what is over; {@code null} when there was none. */
    static Hooks.@Nullable ForeignSpan over(Observation.Context context) {
        return OPEN.isEmpty() ? null : OPEN.remove(context);
    }

    /** The span around it, as {@link Hooks.ForeignSpan#parentSpanId}. */
    static String parent(@Nullable String id) {
        return id == null || id.length() != 16 || id.equals("0000000000000000") ? "" : id;
    }
}
