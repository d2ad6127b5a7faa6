package dev.weir.agent.export;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes attributes into the message that is open.
 *
 * <p>Source: opentelemetry-proto 1.x, {@code common/v1/common.proto}; the numbers below are its field numbers.
 */
final class AttributeWriter implements AttributeTarget {

    /** The number of a span's attributes. */
    static final int OF_SPAN = 9;

    private static final int LONGEST_TEXT = 4_096;
    private static final int PLACES = 512;

    private final ProtobufWriter out;
    private final int field;
    private final @Nullable String[] names = new String[PLACES];
    private final byte[][] keys = new byte[PLACES][];

    /** @param field the number of the attributes in the message */
    AttributeWriter(ProtobufWriter out, int field) {
        this.out = out;
        this.field = field;
    }

    @Override
    public void text(String name, CharSequence value) {
        text(field, name, value);
    }

    /** @param field the number of the attributes in a message within */
    void text(int field, String name, CharSequence value) {
        whole(field, name, cut(value));
    }

    @Override
    public void whole(String name, CharSequence value) {
        whole(field, name, value);
    }

    private void whole(int field, String name, CharSequence value) {
        byte[] key = key(name);
        byte[] utf8 = out.encoded(value.toString());
        int any = ProtobufWriter.sizeOf(utf8.length);
        out.head(field, key.length + ProtobufWriter.sizeOf(any));
        out.raw(key, key.length);
        out.head(2, any);
        out.head(1, utf8.length);
        out.raw(utf8, utf8.length);
    }

    /** An attribute's name as it stands on the wire, field and all. Each name has two places, and may be written over. */
    private byte[] key(String name) {
        // A string remembers its hash.
        int first = Places.of(name.hashCode(), PLACES);
        if (name.equals(names[first])) return keys[first];
        int second = first ^ 1;
        if (name.equals(names[second])) return keys[second];
        ProtobufWriter writer = new ProtobufWriter(64);
        writer.string(1, name);
        byte[] key = Arrays.copyOf(writer.array(), writer.size());
        int place = names[first] == null ? first : second;
        names[place] = name;
        keys[place] = key;
        return key;
    }

    @Override
    public void list(String name, CharSequence value) {
        int attribute = out.begin(field);
        byte[] key = key(name);
        out.raw(key, key.length);
        int any = out.begin(2);
        int array = out.begin(5);
        int element = out.begin(1);
        out.string(1, cut(value));
        out.end(element);
        out.end(array);
        out.end(any);
        out.end(attribute);
    }

    @Override
    public void number(String name, long value) {
        byte[] key = key(name);
        int any = 1 + ProtobufWriter.sizeOfVarint(value);
        out.head(field, key.length + ProtobufWriter.sizeOf(any));
        out.raw(key, key.length);
        out.head(2, any);
        out.varint(3, value);
    }

    @Override
    public void decimal(String name, double value) {
        int attribute = out.begin(field);
        byte[] key = key(name);
        out.raw(key, key.length);
        int any = out.begin(2);
        out.decimal(4, value);
        out.end(any);
        out.end(attribute);
    }

    @Override
    public void hex(String name, long high, long low) {
        byte[] key = key(name);
        int any = ProtobufWriter.sizeOf(ProtobufWriter.HEX_DIGITS);
        out.head(field, key.length + ProtobufWriter.sizeOf(any));
        out.raw(key, key.length);
        out.head(2, any);
        out.hex(1, high, low);
    }

    static CharSequence cut(CharSequence text) {
        return text.length() <= LONGEST_TEXT ? text : text.subSequence(0, LONGEST_TEXT);
    }

    /**
     * Whatever an application gave.
     *
     * @param field the number of the attributes in a message within
     * @param value a text, number or truth value, or a list of them; anything else is left out
     */
    void value(int field, String name, Object value) {
        if (value instanceof String text) {
            text(field, name, text);
            return;
        }
        if (!isScalar(value) && !(value instanceof List)) return;
        int attribute = out.begin(field);
        byte[] key = key(name);
        out.raw(key, key.length);
        int any = out.begin(2);
        if (value instanceof List<?> list) {
            int array = out.begin(5);
            for (Object each : list) {
                if (!isScalar(each)) continue;
                int element = out.begin(1);
                scalar(each);
                out.end(element);
            }
            out.end(array);
        } else {
            scalar(value);
        }
        out.end(any);
        out.end(attribute);
    }

    private static boolean isScalar(Object value) {
        return value instanceof String || value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    private void scalar(Object value) {
        if (value instanceof String text) out.string(1, cut(text));
        else if (value instanceof Boolean truth) out.varint(2, truth ? 1 : 0);
        else if (value instanceof Long number) out.varint(3, number);
        else if (value instanceof Double decimal) out.decimal(4, decimal);
    }
}
