package dev.weir.agent.cli.serve;

import com.google.gson.stream.JsonWriter;
import dev.weir.agent.cli.serve.SpanTree.Node;
import dev.weir.agent.cli.serve.SpanTree.Place;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chains as JSON. Times are strings: JavaScript's numbers cannot hold nanoseconds since the epoch. */
final class TraceJson {
    private static final long EXACT_IN_DOUBLE = 1L << 53;

    private final JsonWriter json;

    TraceJson(JsonWriter json) {
        this.json = json;
    }

    /** What a list of chains shows of one, in one line; {@code update} where more of it came after it was printed. */
    static String line(Chain.Snapshot chain) {
        return Reply.json(json -> {
            json.beginObject();
            new TraceJson(json).summary(chain.summary());
            json.name("update").value(chain.update());
            json.endObject();
        });
    }

    void list(TraceStore.Found found, TraceStore.Totals totals) throws IOException {
        json.beginObject().name("traces").beginArray();
        for (Chain.Summary chain : found.chains()) {
            json.beginObject();
            summary(chain);
            json.endObject();
        }
        json.endArray();
        texts("services", found.services());
        json.name("held").value(totals.traces());
        json.name("evicted").value(totals.evictedTraces());
        json.endObject();
    }

    void elsewhere(String name, List<Chain.Elsewhere> elsewhere) throws IOException {
        json.name(name).beginArray();
        for (Chain.Elsewhere each : elsewhere) {
            Span span = each.span();
            json.beginObject();
            json.name("traceId").value(span.traceId());
            json.name("root").value(each.root());
            json.name("spanId").value(span.spanId());
            json.name("name").value(span.name());
            json.name("service").value(span.resource().service());
            json.name("kind").value(span.kind().name().toLowerCase(Locale.ROOT));
            json.name("status").value(span.status().name().toLowerCase(Locale.ROOT));
            json.name("attempt").value(SpanLine.attempt(span));
            json.name("refused").value(SpanLine.refused(span));
            json.name("startUnixNano").value(Long.toUnsignedString(span.start()));
            json.endObject();
        }
        json.endArray();
    }

    /** @param fromDisk whether memory has let it go */
    void chain(Chain.Snapshot chain, List<Chain.Elsewhere> linkedFrom, boolean fromDisk) throws IOException {
        json.beginObject();
        summary(chain.summary());
        if (fromDisk) json.name("fromDisk").value(true);
        IdentityHashMap<Resource, Integer> resources = new IdentityHashMap<>();
        List<Node> nodes = SpanTree.of(chain.spans()).nodes();
        elsewhere("linkedFrom", linkedFrom);
        json.name("resources").beginArray();
        for (Node node : nodes) {
            Resource resource = node.span.resource();
            if (resources.putIfAbsent(resource, resources.size()) == null) {
                attributes(resource.attributes());
            }
        }
        json.endArray();
        json.name("spans").beginArray();
        for (Node node : nodes) {
            Integer resource = resources.get(node.span.resource());
            span(node, resource == null ? -1 : resource);
        }
        json.endArray();
        json.endObject();
    }

    private void summary(Chain.Summary chain) throws IOException {
        json.name("id").value(chain.id());
        json.name("root").value(chain.root());
        json.name("rooted").value(chain.rooted());
        texts("services", chain.services());
        json.name("processes").value(chain.processes());
        json.name("startUnixNano").value(Long.toUnsignedString(chain.start()));
        json.name("durationNano").value(Long.toString(chain.duration()));
        json.name("spanCount").value(chain.spans());
        json.name("errorCount").value(chain.errors());
        json.name("verdicts").beginObject();
        for (Map.Entry<String, Map<String, Integer>> rule : chain.verdicts().entrySet()) {
            json.name(rule.getKey()).beginObject();
            for (Map.Entry<String, Integer> count : rule.getValue().entrySet()) {
                json.name(count.getKey()).value(count.getValue());
            }
            json.endObject();
        }
        json.endObject();
        optional("amplification", chain.amplification());
        optional("attempts", chain.attempts());
        optional("operations", chain.operations());
        json.name("duplicates").value(chain.duplicates());
        json.name("droppedSpans").value(chain.droppedSpans());
        json.name("label").value(chain.label());
        texts("sessions", chain.sessions());
    }

    private void texts(String name, List<String> texts) throws IOException {
        json.name(name).beginArray();
        for (String text : texts) {
            json.value(text);
        }
        json.endArray();
    }

    private void span(Node node, int resource) throws IOException {
        Span span = node.span;
        json.beginObject();
        json.name("spanId").value(span.spanId());
        json.name("parentSpanId");
        if (span.parentId() == null) {
            json.nullValue();
        } else {
            json.value(span.parentId());
        }
        if (node.place == Place.ORPHAN || node.place == Place.CYCLE) {
            json.name(node.place.name().toLowerCase(Locale.ROOT)).value(true);
        }
        json.name("service").value(span.resource().service());
        json.name("resource").value(resource);
        json.name("scope").value(span.scope());
        json.name("name").value(span.name());
        json.name("kind").value(span.kind().name().toLowerCase(Locale.ROOT));
        json.name("startUnixNano").value(Long.toUnsignedString(span.start()));
        json.name("endUnixNano").value(Long.toUnsignedString(span.end()));
        json.name("status").value(span.status().name().toLowerCase(Locale.ROOT));
        json.name("statusMessage").value(span.statusMessage());
        json.name("attributes");
        attributes(span.attributes());
        json.name("events").beginArray();
        for (Span.Event event : span.events()) {
            json.beginObject();
            json.name("name").value(event.name());
            json.name("timeUnixNano").value(Long.toUnsignedString(event.time()));
            json.name("attributes");
            attributes(event.attributes());
            json.endObject();
        }
        json.endArray();
        json.name("links").beginArray();
        for (Span.Link link : span.links()) {
            json.beginObject();
            json.name("traceId").value(link.traceId());
            json.name("spanId").value(link.spanId());
            json.name("attributes");
            attributes(link.attributes());
            json.endObject();
        }
        json.endArray();
        json.name("dropped").value(span.dropped());
        json.endObject();
    }

    private void attributes(Map<String, Object> attributes) throws IOException {
        json.beginObject();
        for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
            json.name(attribute.getKey());
            value(attribute.getValue());
        }
        json.endObject();
    }

    private void optional(String name, @Nullable Object value) throws IOException {
        json.name(name);
        value(value);
    }

    private void value(@Nullable Object value) throws IOException {
        if (value == null) {
            json.nullValue();
        } else if (value instanceof Long number) {
            if (Math.abs(number) <= EXACT_IN_DOUBLE && number != Long.MIN_VALUE) {
                json.value(number);
            } else {
                json.value(number.toString());
            }
        } else if (value instanceof Double number) {
            if (Double.isFinite(number)) {
                json.value(number);
            } else {
                json.value(number.toString());
            }
        } else if (value instanceof Boolean flag) {
            json.value(flag);
        } else if (value instanceof List<?> list) {
            json.beginArray();
            for (Object element : list) {
                value(element);
            }
            json.endArray();
        } else if (value instanceof Map<?, ?> map) {
            json.beginObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.name(entry.getKey().toString());
                value(entry.getValue());
            }
            json.endObject();
        } else {
            json.value(value.toString());
        }
    }
}
