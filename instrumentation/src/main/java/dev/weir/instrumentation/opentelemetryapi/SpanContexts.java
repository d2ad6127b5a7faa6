package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.bootstrap.Hooks;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The same span in Weir's words and in the API's. */
final class SpanContexts {

    private SpanContexts() {}

    static SpanContext of(Hooks.SpanContext span) {
        return SpanContext.create(
                span.traceId, span.spanId, TraceFlags.fromByte(span.flags), traceState(span.traceState));
    }

    /** As OTLP counts. No switch: this is on the boot loader too, where another agent has its copy of the API. */
    static int number(SpanKind kind) {
        if (kind == SpanKind.SERVER) return Hooks.ForeignSpan.SERVER;
        if (kind == SpanKind.CLIENT) return Hooks.ForeignSpan.CLIENT;
        if (kind == SpanKind.PRODUCER) return Hooks.ForeignSpan.PRODUCER;
        return kind == SpanKind.CONSUMER ? Hooks.ForeignSpan.CONSUMER : 1;
    }

    /** The same span, as one that came in by a header. */
    static SpanContext remote(SpanContext span) {
        return SpanContext.createFromRemoteParent(
                span.getTraceId(), span.getSpanId(), span.getTraceFlags(), span.getTraceState());
    }

    /** {@code null} for the span of nobody. */
    static Hooks.@Nullable SpanContext of(SpanContext span) {
        if (!span.isValid()) return null;
        return new Hooks.SpanContext(
                span.getTraceId(), span.getSpanId(), span.getTraceFlags().asByte(), text(span.getTraceState()));
    }

    private static TraceState traceState(@Nullable String text) {
        if (text == null || text.isEmpty()) return TraceState.getDefault();
        TraceStateBuilder builder = TraceState.builder();
        String[] entries = text.split(",", -1);
        // The builder puts each entry in front of those before.
        for (int i = entries.length - 1; i >= 0; i--) {
            String entry = entries[i].trim();
            int equals = entry.indexOf('=');
            if (equals > 0) builder.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        return builder.build();
    }

    private static @Nullable String text(TraceState state) {
        if (state.isEmpty()) return null;
        Entries entries = new Entries();
        state.forEach(entries);
        return entries.text.toString();
    }

    /** No lambda: this is on the boot loader too, where another agent has its copy of the API. */
    private static final class Entries implements BiConsumer<String, String> {

        private final StringBuilder text = new StringBuilder();

        @Override
        public void accept(String key, String value) {
            if (text.length() > 0) text.append(',');
            text.append(key).append('=').append(value);
        }
    }
}
