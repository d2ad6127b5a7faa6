package dev.weir.instrumentation.opentelemetryapi;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A span that the application makes, and Weir exports. */
final class BridgedSpan implements Span {

    private static final int LONGEST_STACK = 4_096;

    private final SpanContext context;
    private final Recorded recorded;

    BridgedSpan(SpanContext context, Recorded recorded) {
        this.context = context;
        this.recorded = recorded;
    }

    @Override
    public SpanContext getSpanContext() {
        return context;
    }

    @Override
    public boolean isRecording() {
        return recorded.isOpen();
    }

    @Override
    public Span setAttribute(String key, String value) {
        recorded.attribute(key, value);
        return this;
    }

    @Override
    public Span setAttribute(String key, long value) {
        recorded.attribute(key, value);
        return this;
    }

    @Override
    public Span setAttribute(String key, double value) {
        recorded.attribute(key, value);
        return this;
    }

    @Override
    public Span setAttribute(String key, boolean value) {
        recorded.attribute(key, value);
        return this;
    }

    @Override
    public <T> Span setAttribute(AttributeKey<T> key, T value) {
        if (key != null) recorded.attribute(key.getKey(), value);
        return this;
    }

    @Override
    public Span addEvent(String name, Attributes attributes) {
        if (name != null) recorded.event(name, attributes, System.nanoTime());
        return this;
    }

    @Override
    public Span addEvent(String name, Attributes attributes, long timestamp, TimeUnit unit) {
        if (name != null && unit != null) recorded.event(name, attributes, Recorded.nanos(timestamp, unit));
        return this;
    }

    @Override
    public Span addLink(SpanContext linked, Attributes attributes) {
        recorded.link(linked, attributes);
        return this;
    }

    @Override
    public Span setStatus(StatusCode code, @Nullable String description) {
        if (code != null) recorded.status(code == StatusCode.ERROR ? 2 : code == StatusCode.OK ? 1 : 0, description);
        return this;
    }

    @Override
    public Span recordException(Throwable thrown, @Nullable Attributes more) {
        if (thrown == null) return this;
        AttributesBuilder attributes = Attributes.builder();
        attributes.put("exception.type", thrown.getClass().getName());
        String message = message(thrown);
        if (message != null) attributes.put("exception.message", message);
        attributes.put("exception.stacktrace", stack(thrown));
        if (more != null) attributes.putAll(more);
        recorded.event("exception", attributes.build(), System.nanoTime());
        return this;
    }

    private static @Nullable String message(Throwable thrown) {
        try {
            return thrown.getMessage();
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static String stack(Throwable thrown) {
        StringBuilder text = new StringBuilder(thrown.getClass().getName());
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if (text.length() > LONGEST_STACK) break;
            text.append("\n\tat ").append(frame);
        }
        return text.toString();
    }

    @Override
    public Span updateName(String name) {
        if (name != null) recorded.name(name);
        return this;
    }

    @Override
    public void end() {
        recorded.end(System.nanoTime());
    }

    @Override
    public void end(long timestamp, TimeUnit unit) {
        if (unit == null || timestamp <= 0) end();
        else recorded.end(Recorded.nanos(timestamp, unit));
    }
}
