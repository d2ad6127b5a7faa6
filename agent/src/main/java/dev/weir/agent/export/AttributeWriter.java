package dev.weir.agent.export;

/**
 * Writes attributes into the message that is open.
 *
 * <p>Source: opentelemetry-proto 1.x, {@code common/v1/common.proto}; the numbers below are its field numbers.
 */
final class AttributeWriter {

    private static final int LONGEST_TEXT = 4_096;

    private final ProtobufWriter out;
    private final int field;

    /** @param field the number of the attributes in the message */
    AttributeWriter(ProtobufWriter out, int field) {
        this.out = out;
        this.field = field;
    }

    void text(String name, CharSequence value) {
        text(field, name, value);
    }

    /** @param field the number of the attributes in a message within */
    void text(int field, String name, CharSequence value) {
        whole(field, name, cut(value));
    }

    /** However long it is. */
    void whole(String name, CharSequence value) {
        whole(field, name, value);
    }

    private void whole(int field, String name, CharSequence value) {
        int attribute = out.begin(field);
        out.string(1, name);
        int any = out.begin(2);
        out.string(1, value);
        out.end(any);
        out.end(attribute);
    }

    /** A list of one. */
    void list(String name, CharSequence value) {
        int attribute = out.begin(field);
        out.string(1, name);
        int any = out.begin(2);
        int array = out.begin(5);
        int element = out.begin(1);
        out.string(1, cut(value));
        out.end(element);
        out.end(array);
        out.end(any);
        out.end(attribute);
    }

    void number(String name, long value) {
        int attribute = out.begin(field);
        out.string(1, name);
        int any = out.begin(2);
        out.varint(3, value);
        out.end(any);
        out.end(attribute);
    }

    void decimal(String name, double value) {
        int attribute = out.begin(field);
        out.string(1, name);
        int any = out.begin(2);
        out.decimal(4, value);
        out.end(any);
        out.end(attribute);
    }

    /** Sixteen bytes as text. */
    void hex(String name, long high, long low) {
        int attribute = out.begin(field);
        out.string(1, name);
        int any = out.begin(2);
        out.hex(1, high, low);
        out.end(any);
        out.end(attribute);
    }

    static CharSequence cut(CharSequence text) {
        return text.length() <= LONGEST_TEXT ? text : text.subSequence(0, LONGEST_TEXT);
    }
}
