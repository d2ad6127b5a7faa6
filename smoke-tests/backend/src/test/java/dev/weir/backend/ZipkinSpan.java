package dev.weir.backend;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A span as Zipkin's API tells it. */
record ZipkinSpan(
        String id,
        String parent,
        String kind,
        String service,
        String name,
        long timestamp,
        Map<String, String> tags,
        List<String> annotations) {

    private static ZipkinSpan of(JsonObject span) {
        Map<String, String> tags = new TreeMap<>();
        if (span.has("tags")) {
            span.getAsJsonObject("tags").asMap().forEach((name, value) -> tags.put(name, value.getAsString()));
        }
        List<String> annotations = new ArrayList<>();
        if (span.has("annotations")) {
            for (JsonElement each : span.getAsJsonArray("annotations")) {
                annotations.add(each.getAsJsonObject().get("value").getAsString());
            }
        }
        return new ZipkinSpan(
                text(span, "id"),
                text(span, "parentId"),
                text(span, "kind"),
                text(span.getAsJsonObject("localEndpoint"), "serviceName"),
                text(span, "name"),
                span.get("timestamp").getAsLong(),
                tags,
                annotations);
    }

    private static String text(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsString() : "";
    }

    static List<ZipkinSpan> all(JsonArray trace) {
        return trace.asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(ZipkinSpan::of)
                .toList();
    }

    String tag(String name) {
        return tags.getOrDefault(name, "");
    }

    /** The spans below those with this parent, the earliest first, two blanks for each step down. */
    static List<String> tree(List<ZipkinSpan> spans, String parent, String indent) {
        List<String> lines = new ArrayList<>();
        spans.stream()
                .filter(span -> span.parent.equals(parent))
                .sorted(Comparator.comparingLong(ZipkinSpan::timestamp))
                .forEach(span -> {
                    lines.add(indent + span);
                    lines.addAll(tree(spans, span.id, indent + "  "));
                });
        return lines;
    }

    /** What a person reads first. */
    @Override
    public String toString() {
        String verdict = tag("weir.verdict.retry-budget");
        return service + " " + kind + " " + name + " " + tag("http.response.status_code") + " attempt "
                + tag("weir.attempt") + (verdict.isEmpty() ? "" : " " + verdict);
    }
}
