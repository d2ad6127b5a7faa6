package dev.weir.agent.cli.serve;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span while it is read: fields come in any order, and its scope and resource may come after it. */
final class SpanDraft {
    private static final int MOST_EVENTS = 256;
    private static final int MOST_LINKS = 256;

    @Nullable
    String traceId;

    @Nullable
    String spanId;

    @Nullable
    String parentId;

    String name = "";
    Span.Kind kind = Span.Kind.UNSPECIFIED;
    long start;
    long end;
    Span.Status status = Span.Status.UNSET;
    String statusMessage = "";
    final Attributes attributes = new Attributes();
    long dropped;
    String scope = "";
    private final List<Span.Event> events = new ArrayList<>(0);
    private final List<Span.Link> links = new ArrayList<>(0);

    void add(Span.Event event) {
        if (events.size() < MOST_EVENTS) {
            events.add(event);
        } else {
            dropped++;
        }
    }

    void add(Span.Link link) {
        if (links.size() < MOST_LINKS) {
            links.add(link);
        } else {
            dropped++;
        }
    }

    Span finish(String traceId, String spanId, Resource resource) {
        return new Span(
                traceId,
                spanId,
                parentId,
                Attributes.clip(name),
                kind,
                start,
                end,
                status,
                Attributes.clip(statusMessage),
                attributes.toMap(),
                List.copyOf(events),
                List.copyOf(links),
                (int) Math.min(dropped + attributes.dropped(), Integer.MAX_VALUE),
                scope,
                resource);
    }
}
