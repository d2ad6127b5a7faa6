package dev.weir.agent.cli.serve;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trace messages of OTLP's protobuf form, and writes its answers. Field numbers are those of
 * {@code opentelemetry/proto}; the generated classes would add 0.9 MB to the jar for these few messages.
 */
final class OtlpProtobuf {
    private final CodedInputStream in;
    private final SpanBatch batch = new SpanBatch();

    private OtlpProtobuf(CodedInputStream in) {
        this.in = in;
    }

    static SpanBatch read(InputStream body) throws IOException {
        try {
            OtlpProtobuf reader = new OtlpProtobuf(CodedInputStream.newInstance(body));
            reader.request();
            return reader.batch;
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedPayloadException("not an OTLP protobuf trace request: " + e.getMessage());
        }
    }

    /** {@code ExportTraceServiceResponse}; the metrics and logs responses have the same shape. */
    static byte[] response(int rejected, String reason) {
        if (rejected == 0) {
            return new byte[0];
        }
        byte[] partialSuccess = message(out -> {
            out.writeInt64(1, rejected);
            out.writeString(2, reason);
        });
        return message(out -> out.writeByteArray(1, partialSuccess));
    }

    /** {@code google.rpc.Status}. */
    static byte[] status(int code, String text) {
        return message(out -> {
            out.writeInt32(1, code);
            out.writeString(2, text);
        });
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void request() throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == bytes(1)) {
                int outer = enter();
                resourceSpans();
                leave(outer);
            } else {
                skip(tag);
            }
        }
    }

    private void resourceSpans() throws IOException {
        Attributes resource = new Attributes();
        List<SpanDraft> drafts = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == bytes(1)) {
                int outer = enter();
                attributes(resource, 1);
                leave(outer);
            } else if (tag == bytes(2)) {
                int outer = enter();
                scopeSpans(drafts);
                leave(outer);
            } else {
                skip(tag);
            }
        }
        Resource shared = new Resource(resource.toMap());
        for (SpanDraft draft : drafts) {
            batch.add(draft, shared);
        }
    }

    private void scopeSpans(List<SpanDraft> drafts) throws IOException {
        int first = drafts.size();
        String scope = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == bytes(1)) {
                int outer = enter();
                scope = scopeName();
                leave(outer);
            } else if (tag == bytes(2)) {
                int outer = enter();
                drafts.add(span());
                leave(outer);
            } else {
                skip(tag);
            }
        }
        for (SpanDraft draft : drafts.subList(first, drafts.size())) {
            draft.scope = scope;
        }
    }

    private String scopeName() throws IOException {
        String name = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == bytes(1)) {
                name = Attributes.clip(in.readString());
            } else {
                skip(tag);
            }
        }
        return name;
    }

    private SpanDraft span() throws IOException {
        SpanDraft span = new SpanDraft();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> span.traceId = id(tag, 16);
                case 2 -> span.spanId = id(tag, 8);
                case 4 -> span.parentId = id(tag, 8);
                case 5 -> span.name = string(tag);
                case 6 -> span.kind = Span.Kind.of(varint(tag));
                case 7 -> span.start = fixed64(tag);
                case 8 -> span.end = fixed64(tag);
                case 9 -> keyValue(tag, span.attributes, 0);
                case 10, 12, 14 -> span.dropped += dropped(tag);
                case 11 -> {
                    int outer = enter(tag);
                    span.add(event());
                    leave(outer);
                }
                case 13 -> {
                    int outer = enter(tag);
                    Span.Link link = link();
                    if (link != null) {
                        span.add(link);
                    } else {
                        span.dropped++;
                    }
                    leave(outer);
                }
                case 15 -> {
                    int outer = enter(tag);
                    status(span);
                    leave(outer);
                }
                default -> skip(tag);
            }
        }
        return span;
    }

    private Span.Event event() throws IOException {
        long time = 0;
        String name = "";
        Attributes attributes = new Attributes();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> time = fixed64(tag);
                case 2 -> name = Attributes.clip(string(tag));
                case 3 -> keyValue(tag, attributes, 0);
                default -> skip(tag);
            }
        }
        return new Span.Event(time, name, attributes.toMap());
    }

    private Span.@Nullable Link link() throws IOException {
        String traceId = null;
        String spanId = null;
        Attributes attributes = new Attributes();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> traceId = id(tag, 16);
                case 2 -> spanId = id(tag, 8);
                case 4 -> keyValue(tag, attributes, 0);
                default -> skip(tag);
            }
        }
        return traceId == null || spanId == null ? null : new Span.Link(traceId, spanId, attributes.toMap());
    }

    private void status(SpanDraft span) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 2 -> span.statusMessage = string(tag);
                case 3 -> span.status = Span.Status.of(varint(tag));
                default -> skip(tag);
            }
        }
    }

    /** Reads a message whose field {@code number} is a list of key-value pairs. */
    private void attributes(Attributes into, int number) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == number) {
                keyValue(tag, into, 0);
            } else {
                skip(tag);
            }
        }
    }

    private void keyValue(int tag, Attributes into, int depth) throws IOException {
        int outer = enter(tag);
        String key = "";
        Object value = null;
        for (int field = in.readTag(); field != 0; field = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(field)) {
                case 1 -> key = string(field);
                case 2 -> {
                    int inner = enter(field);
                    value = anyValue(depth + 1);
                    leave(inner);
                }
                default -> skip(field);
            }
        }
        into.put(key, value);
        leave(outer);
    }

    private @Nullable Object anyValue(int depth) throws IOException {
        if (depth > Attributes.DEEPEST) {
            throw new MalformedPayloadException("an attribute nests deeper than " + Attributes.DEEPEST + " levels");
        }
        Object value = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> value = Attributes.clip(string(tag));
                case 2 -> value = varint(tag) != 0;
                case 3 -> value = varint(tag);
                case 4 -> value = Double.longBitsToDouble(fixed64(tag));
                case 5 -> {
                    int outer = enter(tag);
                    value = array(depth);
                    leave(outer);
                }
                case 6 -> {
                    int outer = enter(tag);
                    Attributes map = new Attributes();
                    for (int field = in.readTag(); field != 0; field = in.readTag()) {
                        if (WireFormat.getTagFieldNumber(field) == 1) {
                            keyValue(field, map, depth);
                        } else {
                            skip(field);
                        }
                    }
                    value = map.toMap();
                    leave(outer);
                }
                case 7 -> {
                    expect(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                    value = Attributes.clip(Base64.getEncoder().encodeToString(in.readByteArray()));
                }
                default -> skip(tag);
            }
        }
        return value;
    }

    private List<Object> array(int depth) throws IOException {
        List<Object> values = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) != 1) {
                skip(tag);
                continue;
            }
            int outer = enter(tag);
            Object element = anyValue(depth + 1);
            if (element != null && values.size() < Attributes.MOST) {
                values.add(element);
            }
            leave(outer);
        }
        return values;
    }

    private @Nullable String id(int tag, int length) throws IOException {
        expect(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return SpanBatch.id(HexFormat.of().formatHex(in.readByteArray()), length);
    }

    private String string(int tag) throws IOException {
        expect(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return in.readString();
    }

    private long varint(int tag) throws IOException {
        expect(tag, WireFormat.WIRETYPE_VARINT);
        return in.readRawVarint64();
    }

    private int dropped(int tag) throws IOException {
        return (int) Math.max(0, Math.min(varint(tag), 1_000_000));
    }

    private long fixed64(int tag) throws IOException {
        expect(tag, WireFormat.WIRETYPE_FIXED64);
        return in.readFixed64();
    }

    private int enter(int tag) throws IOException {
        expect(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        return enter();
    }

    private int enter() throws IOException {
        return in.pushLimit(in.readRawVarint32());
    }

    private void leave(int outer) throws IOException {
        // Without this a stream that ends inside a message would pass for a shorter one.
        if (in.getBytesUntilLimit() != 0) {
            throw new MalformedPayloadException("not an OTLP protobuf trace request: it ends inside a message");
        }
        in.popLimit(outer);
    }

    private void skip(int tag) throws IOException {
        int type = WireFormat.getTagWireType(tag);
        if (type == WireFormat.WIRETYPE_START_GROUP || type == WireFormat.WIRETYPE_END_GROUP) {
            throw new MalformedPayloadException("not an OTLP protobuf trace request: it has a group");
        }
        in.skipField(tag);
    }

    private static int bytes(int field) {
        return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private static void expect(int tag, int type) throws IOException {
        if (WireFormat.getTagWireType(tag) != type) {
            throw new MalformedPayloadException("not an OTLP protobuf trace request: field "
                    + WireFormat.getTagFieldNumber(tag) + " has wire type " + WireFormat.getTagWireType(tag));
        }
    }
}
