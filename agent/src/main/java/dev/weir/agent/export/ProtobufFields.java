package dev.weir.agent.export;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads single fields of the small messages that collectors answer with. What is malformed counts as absent. */
final class ProtobufFields {

    private final byte[] message;
    private int at;

    private ProtobufFields(byte[] message) {
        this.message = message;
    }

    /** The first length-delimited field of that number. */
    static byte @Nullable [] bytes(byte[] message, int field) {
        ProtobufFields fields = new ProtobufFields(message);
        return fields.find(field, 2) ? fields.delimited() : null;
    }

    /** A string; empty when it is absent. */
    static String text(byte[] message, int field) {
        byte[] bytes = bytes(message, field);
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    /** A varint; 0 when it is absent. */
    static long number(byte[] message, int field) {
        ProtobufFields fields = new ProtobufFields(message);
        return fields.find(field, 0) ? Math.max(0, fields.varint()) : 0;
    }

    /** The value of the {@code Any} of that type among the repeated fields of that number. */
    static byte @Nullable [] any(byte[] message, int field, String type) {
        ProtobufFields fields = new ProtobufFields(message);
        while (fields.find(field, 2)) {
            byte[] any = fields.delimited();
            if (any == null) return null;
            if (text(any, 1).endsWith("/" + type)) {
                byte[] value = bytes(any, 2);
                return value == null ? new byte[0] : value;
            }
        }
        return null;
    }

    /** Moves to the value of the next field of that number and wire type. */
    private boolean find(int field, int wireType) {
        while (at < message.length) {
            long tag = varint();
            if (tag < 0) return false;
            int type = (int) (tag & 7);
            if (tag >>> 3 == field && type == wireType) return true;
            switch (type) {
                case 0 -> varint();
                case 1 -> at += 8;
                case 2 -> {
                    long length = varint();
                    if (length < 0 || length > message.length - at) return false;
                    at += (int) length;
                }
                case 5 -> at += 4;
                default -> {
                    return false;
                }
            }
        }
        return false;
    }

    private byte @Nullable [] delimited() {
        long length = varint();
        if (length < 0 || length > message.length - at) return null;
        int from = at;
        at += (int) length;
        return Arrays.copyOfRange(message, from, at);
    }

    /** @return -1 when the message ends inside, or for more than 63 bits */
    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            if (at >= message.length) return -1;
            byte next = message[at++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) return value;
        }
        return -1;
    }
}
