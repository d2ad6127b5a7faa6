package dev.weir.micro;

/**
 * Counts the spans of an OTLP {@code ExportTraceServiceRequest} without reading them, at a rate that no exporter reaches.
 *
 * <p>Source: opentelemetry-proto 1.x: resource spans are field 1 of the request, scope spans field 2 of those, spans field 2
 * of these.
 */
final class SpanCounter {

    private static final int LENGTH_DELIMITED = 2;

    private final byte[] bytes;
    private int at;

    private SpanCounter(byte[] bytes) {
        this.bytes = bytes;
    }

    static int count(byte[] bytes, int length) {
        SpanCounter counter = new SpanCounter(bytes);
        int spans = counter.count(length, 1, 2, 2);
        if (counter.at != length) throw new IllegalArgumentException("not OTLP: " + counter.at + " of " + length);
        return spans;
    }

    private int count(int end, int... fields) {
        int found = 0;
        while (at < end) {
            long tag = varint();
            int wire = (int) tag & 7;
            if (wire == LENGTH_DELIMITED) {
                int length = (int) varint();
                if (length < 0 || length > end - at) throw new IllegalArgumentException("not OTLP: length " + length);
                int next = at + length;
                if (tag >>> 3 == fields[0]) {
                    found += fields.length == 1 ? 1 : count(next, fields.length == 3 ? INNER : INNERMOST);
                }
                at = next;
            } else if (wire == 0) {
                varint();
            } else if (wire == 1) {
                at += 8;
            } else if (wire == 5) {
                at += 4;
            } else {
                throw new IllegalArgumentException("not OTLP: wire type " + wire);
            }
        }
        return found;
    }

    private static final int[] INNER = {2, 2};
    private static final int[] INNERMOST = {2};

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = bytes[at++];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) return value;
        }
        throw new IllegalArgumentException("not OTLP: a number without an end");
    }
}
