package dev.weir.benchmark;

import java.nio.ByteBuffer;

/** Counts the spans of Datadog's protocol 0.4: in MessagePack, an array of traces, each an array of spans. */
final class DatadogTraces {

    private final ByteBuffer in;

    private DatadogTraces(byte[] body) {
        in = ByteBuffer.wrap(body);
    }

    static int countSpans(byte[] body) {
        DatadogTraces traces = new DatadogTraces(body);
        int spans = 0;
        for (int trace = traces.arrayLength(); trace > 0; trace--) {
            int length = traces.arrayLength();
            spans += length;
            traces.skip(length);
        }
        if (traces.in.hasRemaining()) {
            throw new IllegalArgumentException(traces.in.remaining() + " bytes behind the traces");
        }
        return spans;
    }

    private int arrayLength() {
        int type = in.get() & 0xFF;
        if (type >> 4 == 0x9) {
            return type & 0x0F;
        }
        return switch (type) {
            case 0xDC -> in.getShort() & 0xFFFF;
            case 0xDD -> in.getInt();
            default -> throw new IllegalArgumentException("no array at " + (in.position() - 1));
        };
    }

    private void skip(int values) {
        for (int i = 0; i < values; i++) {
            skipValue();
        }
    }

    private void skipValue() {
        int type = in.get() & 0xFF;
        if (type < 0x80 || type >= 0xE0) {
            return; // A small number is its own type.
        }
        switch (type >> 4) {
            case 0x8 -> skip(2 * (type & 0x0F));
            case 0x9 -> skip(type & 0x0F);
            case 0xA, 0xB -> skipBytes(type & 0x1F);
            default -> skipSized(type);
        }
    }

    private void skipSized(int type) {
        switch (type) {
            case 0xC0, 0xC2, 0xC3 -> {
                // nil, false, true
            }
            case 0xC4, 0xD9 -> skipBytes(in.get() & 0xFF);
            case 0xC5, 0xDA -> skipBytes(in.getShort() & 0xFFFF);
            case 0xC6, 0xDB -> skipBytes(in.getInt());
            case 0xCC, 0xD0 -> skipBytes(1);
            case 0xCD, 0xD1 -> skipBytes(2);
            case 0xCA, 0xCE, 0xD2 -> skipBytes(4);
            case 0xCB, 0xCF, 0xD3 -> skipBytes(8);
            case 0xDC -> skip(in.getShort() & 0xFFFF);
            case 0xDD -> skip(in.getInt());
            case 0xDE -> skip(2 * (in.getShort() & 0xFFFF));
            case 0xDF -> skip(2 * in.getInt());
            default -> throw new IllegalArgumentException("type " + type + " at " + (in.position() - 1));
        }
    }

    private void skipBytes(int bytes) {
        in.position(in.position() + bytes);
    }
}
