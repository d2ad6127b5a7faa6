package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.bootstrap.Hooks;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts a span of Weir's together. */
final class BridgedSpanBuilder implements SpanBuilder {

    private final String scope;
    private final Recorded recorded;
    private @Nullable Context parent;

    BridgedSpanBuilder(String scope, @Nullable String name) {
        this.scope = scope;
        recorded = new Recorded(scope, name == null ? "" : name);
    }

    @Override
    public SpanBuilder setParent(Context context) {
        if (context != null) parent = context;
        return this;
    }

    @Override
    public SpanBuilder setNoParent() {
        parent = Context.root();
        return this;
    }

    @Override
    public SpanBuilder addLink(SpanContext linked) {
        return addLink(linked, Attributes.empty());
    }

    @Override
    public SpanBuilder addLink(SpanContext linked, Attributes attributes) {
        recorded.link(linked, attributes);
        return this;
    }

    @Override
    public SpanBuilder setAttribute(String key, String value) {
        recorded.attribute(key, value);
        return this;
    }

    @Override
    public SpanBuilder setAttribute(String key, long value) {
        recorded.attribute(key, value);
        return this;
    }

    @Override
    public SpanBuilder setAttribute(String key, double value) {
        recorded.attribute(key, value);
        return this;
    }

    @Override
    public SpanBuilder setAttribute(String key, boolean value) {
        recorded.attribute(key, value);
        return this;
    }

    @Override
    public <T> SpanBuilder setAttribute(AttributeKey<T> key, T value) {
        if (key != null) recorded.attribute(key.getKey(), value);
        return this;
    }

    @Override
    public SpanBuilder setSpanKind(SpanKind kind) {
        if (kind != null) recorded.kind(kind);
        return this;
    }

    @Override
    public SpanBuilder setStartTimestamp(long timestamp, TimeUnit unit) {
        if (timestamp > 0 && unit != null) recorded.startsAt(Recorded.nanos(timestamp, unit));
        return this;
    }

    @Override
    public Span startSpan() {
        Context context = parent == null ? Context.current() : parent;
        SpanContext around = Span.fromContext(context).getSpanContext();
        Hooks.SpanContext parentSpan = SpanContexts.of(around);
        Hooks.SpanContext span = Hooks.startSpan(scope, parentSpan);
        // Nobody wants it: what it is in stays what it is in.
        if (span == null) return Span.wrap(around);
        SpanContext made = SpanContexts.of(span);
        if (!made.isSampled()) return Span.wrap(made);
        recorded.starts(span, parentSpan == null ? null : parentSpan.spanId);
        return new BridgedSpan(made, recorded);
    }
}
