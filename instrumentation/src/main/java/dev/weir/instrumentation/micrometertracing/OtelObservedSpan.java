package dev.weir.instrumentation.micrometertracing;

import dev.weir.bootstrap.Hooks;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A span of an observation over OpenTelemetry. */
final class OtelObservedSpan extends ObservedSpan {

    private final Span span;

    private OtelObservedSpan(Span span, SpanContext ids, int kind, String parentSpanId) {
        super(
                ids.getTraceId(),
                ids.getSpanId(),
                ids.getTraceFlags().asByte(),
                text(ids.getTraceState()),
                kind,
                parentSpanId);
        this.span = span;
    }

    /** {@code null} for one that is not kept. */
    static Hooks.@Nullable ForeignSpan of(io.micrometer.tracing.Span observed, int kind) {
        Span span = OtelSpan.toOtel(observed);
        SpanContext ids = span.getSpanContext();
        if (!span.isRecording() || !ids.isSampled()) return null;
        return new OtelObservedSpan(
                span, ids, kind, Observed.parent(observed.context().parentId()));
    }

    private static @Nullable String text(TraceState state) {
        if (state.isEmpty()) return null;
        StringJoiner entries = new StringJoiner(",");
        state.forEach((key, value) -> entries.add(key + "=" + value));
        return entries.toString();
    }

    @Override
    public void attribute(String name, Object value) {
        if (value instanceof Long number) span.setAttribute(name, number);
        else if (value instanceof Double number) span.setAttribute(name, number);
        else if (value instanceof Boolean truth) span.setAttribute(name, truth);
        else if (value instanceof List<?> list) span.setAttribute(AttributeKey.stringArrayKey(name), texts(list));
        else span.setAttribute(name, String.valueOf(value));
    }

    private static List<String> texts(List<?> list) {
        List<String> texts = new ArrayList<>(list.size());
        for (Object each : list) texts.add(String.valueOf(each));
        return texts;
    }

    @Override
    public void event(String name, Map<String, String> attributes) {
        AttributesBuilder builder = Attributes.builder();
        for (Map.Entry<String, String> each : attributes.entrySet()) builder.put(each.getKey(), each.getValue());
        span.addEvent(name, builder.build());
    }
}
