package dev.weir.agent.cli.serve;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One span as it was received; ids in lower-case hex, times in nanoseconds since the epoch. */
record Span(
        String traceId,
        String spanId,
        @Nullable String parentId,
        String name,
        Kind kind,
        long start,
        long end,
        Status status,
        String statusMessage,
        Map<String, Object> attributes,
        List<Event> events,
        List<Link> links,
        int dropped,
        String scope,
        Resource resource) {

    /** What OTLP calls the kind of a span, in its order. */
    enum Kind {
        UNSPECIFIED,
        INTERNAL,
        SERVER,
        CLIENT,
        PRODUCER,
        CONSUMER;

        private static final List<Kind> ALL = List.of(values());

        static Kind of(long number) {
            return number >= 0 && number < ALL.size() ? ALL.get((int) number) : UNSPECIFIED;
        }
    }

    /** What OTLP calls the status code of a span, in its order. */
    enum Status {
        UNSET,
        OK,
        ERROR;

        private static final List<Status> ALL = List.of(values());

        static Status of(long number) {
            return number >= 0 && number < ALL.size() ? ALL.get((int) number) : UNSET;
        }
    }

    /** Something that happened at one moment of a span. */
    record Event(long time, String name, Map<String, Object> attributes) {}

    /** A span of this or another trace that this one points to. */
    record Link(String traceId, String spanId, Map<String, Object> attributes) {}

    Span from(Resource other) {
        return new Span(
                traceId,
                spanId,
                parentId,
                name,
                kind,
                start,
                end,
                status,
                statusMessage,
                attributes,
                events,
                links,
                dropped,
                scope,
                other);
    }

    boolean failed() {
        return status == Status.ERROR;
    }

    /** Zero where the sender's clock went backwards. */
    long duration() {
        return Math.max(0, end - start);
    }

    @Nullable
    Object attribute(String key) {
        return attributes.get(key);
    }

    /** Roughly what finding a span by its idempotency key costs on the heap. */
    private static final long INDEXED = 250;

    /** Roughly what this span costs on the heap. */
    long weight() {
        long bytes = 400 + text(name) + text(statusMessage) + weight(attributes);
        for (Event event : events) {
            bytes += 64 + text(event.name) + weight(event.attributes);
        }
        for (Link link : links) {
            bytes += 400 + weight(link.attributes);
        }
        if (attributes.containsKey(SpanLine.KEY)) bytes += INDEXED;
        return bytes;
    }

    static long weight(@Nullable Object value) {
        if (value instanceof String string) {
            return text(string);
        }
        long bytes = 24;
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                bytes += 48 + weight(entry.getKey()) + weight(entry.getValue());
            }
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                bytes += 8 + weight(element);
            }
        }
        return bytes;
    }

    private static long text(String text) {
        return 48L + text.length();
    }
}
