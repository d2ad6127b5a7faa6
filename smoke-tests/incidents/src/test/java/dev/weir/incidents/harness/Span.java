package dev.weir.incidents.harness;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A span as the collector received it. */
public record Span(
        String service,
        String traceId,
        String spanId,
        @Nullable String parentId,
        Kind kind,
        String name,
        long startNanos,
        long endNanos,
        boolean error,
        Map<String, Object> attributes,
        List<String> linkedTraceIds,
        List<String> events) {

    /** The direction of a span. */
    public enum Kind {
        /** A call out. */
        CLIENT,
        /** A request that came in. */
        SERVER,
        /** Neither. */
        INTERNAL,
        /** A message sent. */
        PRODUCER,
        /** A message received. */
        CONSUMER
    }

    /** An attribute as text; {@code null} when it is not set. */
    public @Nullable String text(String attribute) {
        Object value = attributes.get(attribute);
        return value == null ? null : value.toString();
    }

    /** An attribute as a number; fails when it is not one. */
    public long number(String attribute) {
        if (attributes.get(attribute) instanceof Number number) return number.longValue();
        throw new AssertionError(attribute + " is no number on " + this);
    }

    /** A name that says what happened where, the same in every run. */
    public String label() {
        // The name of a statement is its summary already.
        String what = text("db.query.summary");
        if (what == null) what = text("url.path");
        if (what == null) what = text("file.path");
        if (what == null && text("url.full") != null)
            what = URI.create(text("url.full")).getPath();
        return service + " " + kind + " " + name + (what == null || name.contains(what) ? "" : " " + what);
    }
}
