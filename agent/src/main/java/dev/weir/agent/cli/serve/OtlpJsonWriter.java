package dev.weir.agent.cli.serve;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes spans as OTLP's JSON form in one line: what the file exporter of OpenTelemetry writes, and every OTLP receiver
 * takes.
 *
 * <p>Source: OpenTelemetry specification, "OpenTelemetry Protocol File Exporter".
 */
final class OtlpJsonWriter {

    private final JsonWriter json;

    private OtlpJsonWriter(JsonWriter json) {
        this.json = json;
    }

    /** One line, without its end. */
    static String line(List<Span> spans) {
        StringWriter text = new StringWriter();
        try {
            JsonWriter json = new JsonWriter(text);
            json.setHtmlSafe(false);
            new OtlpJsonWriter(json).request(spans);
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory cannot be written", e);
        }
        return text.toString();
    }

    private void request(List<Span> spans) throws IOException {
        Map<Resource, Map<String, List<Span>>> processes = new IdentityHashMap<>();
        List<Resource> order = new ArrayList<>();
        for (Span span : spans) {
            Map<String, List<Span>> scopes = processes.computeIfAbsent(span.resource(), resource -> {
                order.add(resource);
                return new LinkedHashMap<>();
            });
            scopes.computeIfAbsent(span.scope(), scope -> new ArrayList<>()).add(span);
        }
        json.beginObject().name("resourceSpans").beginArray();
        for (Resource resource : order) {
            json.beginObject().name("resource").beginObject();
            attributes(resource.attributes());
            json.endObject().name("scopeSpans").beginArray();
            for (Map.Entry<String, List<Span>> scope :
                    processes.getOrDefault(resource, Map.of()).entrySet()) {
                json.beginObject().name("scope").beginObject();
                json.name("name").value(scope.getKey()).endObject();
                json.name("spans").beginArray();
                for (Span span : scope.getValue()) span(span);
                json.endArray().endObject();
            }
            json.endArray().endObject();
        }
        json.endArray().endObject();
    }

    private void span(Span span) throws IOException {
        json.beginObject();
        json.name("traceId").value(span.traceId());
        json.name("spanId").value(span.spanId());
        if (span.parentId() != null) json.name("parentSpanId").value(span.parentId());
        json.name("name").value(span.name());
        json.name("kind").value(span.kind().ordinal());
        json.name("startTimeUnixNano").value(Long.toUnsignedString(span.start()));
        json.name("endTimeUnixNano").value(Long.toUnsignedString(span.end()));
        attributes(span.attributes());
        if (span.dropped() > 0) json.name("droppedAttributesCount").value(span.dropped());
        if (!span.events().isEmpty()) {
            json.name("events").beginArray();
            for (Span.Event event : span.events()) {
                json.beginObject();
                json.name("timeUnixNano").value(Long.toUnsignedString(event.time()));
                json.name("name").value(event.name());
                attributes(event.attributes());
                json.endObject();
            }
            json.endArray();
        }
        if (!span.links().isEmpty()) {
            json.name("links").beginArray();
            for (Span.Link link : span.links()) {
                json.beginObject();
                json.name("traceId").value(link.traceId());
                json.name("spanId").value(link.spanId());
                attributes(link.attributes());
                json.endObject();
            }
            json.endArray();
        }
        json.name("status").beginObject();
        if (!span.statusMessage().isEmpty()) json.name("message").value(span.statusMessage());
        json.name("code").value(span.status().ordinal());
        json.endObject();
        json.endObject();
    }

    private void attributes(Map<String, Object> attributes) throws IOException {
        if (attributes.isEmpty()) return;
        json.name("attributes");
        list(attributes);
    }

    private void list(Map<?, ?> attributes) throws IOException {
        json.beginArray();
        for (Map.Entry<?, ?> attribute : attributes.entrySet()) {
            json.beginObject().name("key").value(String.valueOf(attribute.getKey()));
            json.name("value");
            value(attribute.getValue());
            json.endObject();
        }
        json.endArray();
    }

    private void value(Object value) throws IOException {
        json.beginObject();
        if (value instanceof Long number) json.name("intValue").value(number.toString());
        else if (value instanceof Boolean flag) json.name("boolValue").value(flag);
        else if (value instanceof Double number) number(number);
        else if (value instanceof byte[] bytes) {
            json.name("bytesValue").value(Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof List<?> list) {
            json.name("arrayValue").beginObject().name("values").beginArray();
            for (Object element : list) value(element);
            json.endArray().endObject();
        } else if (value instanceof Map<?, ?> map) {
            json.name("kvlistValue").beginObject().name("values");
            list(map);
            json.endObject();
        } else json.name("stringValue").value(String.valueOf(value));
        json.endObject();
    }

    /** Source: protocol buffers' JSON form: what is no number in JSON is a string. */
    private void number(Double number) throws IOException {
        json.name("doubleValue");
        if (Double.isFinite(number)) json.value(number);
        else json.value(number.isNaN() ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }
}
