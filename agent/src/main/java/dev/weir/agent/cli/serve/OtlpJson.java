package dev.weir.agent.cli.serve;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trace messages of OTLP's JSON form: ids in hex, 64-bit numbers as strings or numbers, enums as numbers
 * (names are taken too), unknown fields ignored.
 */
final class OtlpJson {
    private static final String NOT_OTLP = "not an OTLP/JSON trace request: ";

    private final JsonReader in;
    private final SpanBatch batch = new SpanBatch();

    private OtlpJson(JsonReader in) {
        this.in = in;
    }

    static SpanBatch read(InputStream body) throws IOException {
        JsonReader json = new JsonReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        // STRICT would refuse a whole batch for one name that its sender cut inside a surrogate pair.
        json.setStrictness(Strictness.LEGACY_STRICT);
        OtlpJson reader = new OtlpJson(json);
        try {
            reader.request();
            if (json.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedPayloadException(NOT_OTLP + "something follows it");
            }
            return reader.batch;
        } catch (EOFException e) {
            throw new MalformedPayloadException(NOT_OTLP + "it ends too early");
        } catch (MalformedJsonException | IllegalStateException | ArithmeticException | NumberFormatException e) {
            throw new MalformedPayloadException(NOT_OTLP + "see " + json.getPath());
        }
    }

    /** Reads one field of an object; false if it does not know the field. */
    private interface Field {
        boolean read(String name) throws IOException;
    }

    private interface Element {
        void read() throws IOException;
    }

    private void object(Field field) throws IOException {
        in.beginObject();
        while (in.hasNext()) {
            String name = in.nextName();
            if (in.peek() == JsonToken.NULL || !field.read(name)) {
                in.skipValue();
            }
        }
        in.endObject();
    }

    private boolean array(Element element) throws IOException {
        in.beginArray();
        while (in.hasNext()) {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
            } else {
                element.read();
            }
        }
        in.endArray();
        return true;
    }

    private void request() throws IOException {
        object(name -> name.equals("resourceSpans") && array(this::resourceSpans));
    }

    private void resourceSpans() throws IOException {
        Attributes resource = new Attributes();
        List<SpanDraft> drafts = new ArrayList<>();
        object(name -> switch (name) {
            case "resource" -> {
                object(field -> field.equals("attributes") && attributes(resource, 0));
                yield true;
            }
            case "scopeSpans" -> array(() -> scopeSpans(drafts));
            default -> false;
        });
        Resource shared = new Resource(resource.toMap());
        for (SpanDraft draft : drafts) {
            batch.add(draft, shared);
        }
    }

    private void scopeSpans(List<SpanDraft> drafts) throws IOException {
        int first = drafts.size();
        String[] scope = {""};
        object(name -> switch (name) {
            case "scope" -> {
                object(field -> {
                    if (!field.equals("name")) {
                        return false;
                    }
                    scope[0] = text();
                    return true;
                });
                yield true;
            }
            case "spans" -> array(() -> drafts.add(span()));
            default -> false;
        });
        for (SpanDraft draft : drafts.subList(first, drafts.size())) {
            draft.scope = scope[0];
        }
    }

    private SpanDraft span() throws IOException {
        SpanDraft span = new SpanDraft();
        object(name -> {
            switch (name) {
                case "traceId" -> span.traceId = SpanBatch.id(in.nextString(), 16);
                case "spanId" -> span.spanId = SpanBatch.id(in.nextString(), 8);
                case "parentSpanId" -> span.parentId = SpanBatch.id(in.nextString(), 8);
                case "name" -> span.name = text();
                case "kind" -> span.kind = Span.Kind.of(number(Span.Kind.values(), "SPAN_KIND_"));
                case "startTimeUnixNano" -> span.start = nanos();
                case "endTimeUnixNano" -> span.end = nanos();
                case "attributes" -> attributes(span.attributes, 0);
                case "events" -> array(() -> span.add(event()));
                case "links" -> array(() -> link(span));
                case "status" -> status(span);
                case "droppedAttributesCount", "droppedEventsCount", "droppedLinksCount" ->
                    span.dropped += Math.max(0, Math.min(integer(), 1_000_000));
                default -> {
                    return false;
                }
            }
            return true;
        });
        return span;
    }

    private Span.Event event() throws IOException {
        SpanDraft event = new SpanDraft();
        object(name -> {
            switch (name) {
                case "timeUnixNano" -> event.start = nanos();
                case "name" -> event.name = text();
                case "attributes" -> attributes(event.attributes, 0);
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new Span.Event(event.start, event.name, event.attributes.toMap());
    }

    private void link(SpanDraft span) throws IOException {
        SpanDraft link = new SpanDraft();
        object(name -> {
            switch (name) {
                case "traceId" -> link.traceId = SpanBatch.id(in.nextString(), 16);
                case "spanId" -> link.spanId = SpanBatch.id(in.nextString(), 8);
                case "attributes" -> attributes(link.attributes, 0);
                default -> {
                    return false;
                }
            }
            return true;
        });
        String traceId = link.traceId;
        String spanId = link.spanId;
        if (traceId == null || spanId == null) {
            span.dropped++;
        } else {
            span.add(new Span.Link(traceId, spanId, link.attributes.toMap()));
        }
    }

    private void status(SpanDraft span) throws IOException {
        object(name -> {
            switch (name) {
                case "message" -> span.statusMessage = text();
                case "code" -> span.status = Span.Status.of(number(Span.Status.values(), "STATUS_CODE_"));
                default -> {
                    return false;
                }
            }
            return true;
        });
    }

    private boolean attributes(Attributes into, int depth) throws IOException {
        return array(() -> {
            String[] key = {""};
            Object[] value = {null};
            object(name -> {
                switch (name) {
                    case "key" -> key[0] = text();
                    case "value" -> value[0] = anyValue(depth + 1);
                    default -> {
                        return false;
                    }
                }
                return true;
            });
            into.put(key[0], value[0]);
        });
    }

    private @Nullable Object anyValue(int depth) throws IOException {
        if (depth > Attributes.DEEPEST) {
            throw new MalformedPayloadException("an attribute nests deeper than " + Attributes.DEEPEST + " levels");
        }
        Object[] value = {null};
        object(name -> {
            switch (name) {
                case "stringValue", "bytesValue" -> value[0] = text();
                case "boolValue" -> value[0] = in.nextBoolean();
                case "intValue" -> value[0] = integer();
                case "doubleValue" -> value[0] = Double.valueOf(in.nextString());
                case "arrayValue" -> value[0] = list(depth);
                case "kvlistValue" -> {
                    Attributes map = new Attributes();
                    object(field -> field.equals("values") && attributes(map, depth));
                    value[0] = map.toMap();
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        return value[0];
    }

    private List<Object> list(int depth) throws IOException {
        List<Object> values = new ArrayList<>();
        object(field -> field.equals("values")
                && array(() -> {
                    Object element = anyValue(depth + 1);
                    if (element != null && values.size() < Attributes.MOST) {
                        values.add(element);
                    }
                }));
        return values;
    }

    private String text() throws IOException {
        return Attributes.clip(in.nextString());
    }

    /** fixed64 is unsigned, and some senders write it as a plain number. */
    private long nanos() throws IOException {
        String text = in.nextString();
        return isDigits(text) ? Long.parseUnsignedLong(text) : exact(text);
    }

    private long integer() throws IOException {
        return exact(in.nextString());
    }

    private static long exact(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            // Parsing a decimal takes time quadratic in its length.
            if (text.length() > 40) {
                throw e;
            }
            return new BigDecimal(text).longValueExact();
        }
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private long number(Enum<?>[] names, String prefix) throws IOException {
        String text = in.nextString();
        if (text.startsWith(prefix)) {
            String name = text.substring(prefix.length()).toUpperCase(Locale.ROOT);
            return Arrays.stream(names)
                    .filter(each -> each.name().equals(name))
                    .mapToInt(Enum::ordinal)
                    .findFirst()
                    .orElse(0);
        }
        return exact(text);
    }
}
