package dev.weir.agent.export;

import dev.weir.agent.context.Hex;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes protocol buffers' wire format into a growing array. Not thread-safe; reused from batch to batch. */
final class ProtobufWriter {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int LENGTH_BYTES = 4;

    /** Of 128 bits. */
    static final int HEX_DIGITS = 32;

    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int size;
    private @Nullable Utf8 utf8;

    ProtobufWriter(int capacity) {
        bytes = new byte[capacity];
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** Forgets what was written after the first so many bytes. */
    void truncate(int to) {
        size = to;
    }

    byte[] array() {
        return bytes;
    }

    private void room(int count) {
        if (bytes.length - size < count) bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + count));
    }

    private void tag(int field, int wireType) {
        rawVarint((long) field << 3 | wireType);
    }

    private void rawVarint(long value) {
        room(10);
        if ((value & ~0x7fL) == 0) bytes[size++] = (byte) value;
        else longVarint(value);
    }

    private void longVarint(long value) {
        int at = size;
        long left = value;
        while ((left & ~0x7fL) != 0) {
            bytes[at++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[at++] = (byte) left;
        size = at;
    }

    void varint(int field, long value) {
        tag(field, VARINT);
        rawVarint(value);
    }

    void fixed64(int field, long value) {
        tag(field, FIXED64);
        room(8);
        LITTLE_ENDIAN.set(bytes, size, value);
        size += 8;
    }

    void decimal(int field, double value) {
        fixed64(field, Double.doubleToRawLongBits(value));
    }

    /** Sixteen bytes, the most significant first. */
    void id(int field, long high, long low) {
        tag(field, LENGTH_DELIMITED);
        rawVarint(16);
        bigEndian(high);
        bigEndian(low);
    }

    /** Eight bytes, the most significant first. */
    void id(int field, long value) {
        tag(field, LENGTH_DELIMITED);
        rawVarint(8);
        bigEndian(value);
    }

    private void bigEndian(long value) {
        room(8);
        BIG_ENDIAN.set(bytes, size, value);
        size += 8;
    }

    void string(int field, CharSequence text) {
        if (text instanceof String whole) {
            byte[] encoded = encoded(whole);
            head(field, encoded.length);
            raw(encoded, encoded.length);
            return;
        }
        int begun = begin(field);
        utf8(text);
        end(begun);
    }

    /** A text as {@link #raw} takes it. Not to be written to. */
    byte[] encoded(String text) {
        Utf8 known = utf8;
        if (known == null) {
            known = new Utf8();
            utf8 = known;
        }
        return known.of(text);
    }

    /** A string of 32 hexadecimal digits. */
    void hex(int field, long high, long low) {
        tag(field, LENGTH_DELIMITED);
        rawVarint(HEX_DIGITS);
        room(HEX_DIGITS);
        Hex.write(high, bytes, size);
        Hex.write(low, bytes, size + 16);
        size += HEX_DIGITS;
    }

    private void utf8(CharSequence text) {
        int count = text.length();
        room(count * 3);
        int i = 0;
        for (; i < count; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) break;
            bytes[size++] = (byte) c;
        }
        for (; i < count; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes[size++] = (byte) c;
            } else if (c < 0x800) {
                bytes[size++] = (byte) (0xc0 | c >> 6);
                bytes[size++] = (byte) (0x80 | c & 0x3f);
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                bytes[size++] = (byte) (0xf0 | point >> 18);
                bytes[size++] = (byte) (0x80 | point >> 12 & 0x3f);
                bytes[size++] = (byte) (0x80 | point >> 6 & 0x3f);
                bytes[size++] = (byte) (0x80 | point & 0x3f);
            } else if (Character.isSurrogate(c)) {
                bytes[size++] = '?';
            } else {
                bytes[size++] = (byte) (0xe0 | c >> 12);
                bytes[size++] = (byte) (0x80 | c >> 6 & 0x3f);
                bytes[size++] = (byte) (0x80 | c & 0x3f);
            }
        }
    }

    /** The head of a field of so many bytes, which the caller adds. */
    void head(int field, int length) {
        tag(field, LENGTH_DELIMITED);
        rawVarint(length);
    }

    /** How many bytes a number has. */
    static int sizeOfVarint(long value) {
        return (63 - Long.numberOfLeadingZeros(value | 1)) / 7 + 1;
    }

    /** How many bytes a field has that holds so many. The field's number is below 16. */
    static int sizeOf(int length) {
        int size = 2 + length;
        for (int left = length >>> 7; left != 0; left >>>= 7) size++;
        return size;
    }

    /** Copies what another writer holds. */
    void raw(byte[] from, int count) {
        room(count);
        System.arraycopy(from, 0, bytes, size, count);
        size += count;
    }

    /**
     * Begins a nested message. Its length is not known yet and gets one byte; {@link #end} moves the message when that
     * is not enough.
     */
    int begin(int field) {
        tag(field, LENGTH_DELIMITED);
        room(1);
        return size++;
    }

    void end(int begun) {
        int length = size - begun - 1;
        int extra = 0;
        for (int left = length >>> 7; left != 0; left >>>= 7) extra++;
        if (extra > 0) {
            room(extra);
            System.arraycopy(bytes, begun + 1, bytes, begun + 1 + extra, length);
            size += extra;
        }
        int at = begun;
        int left = length;
        while ((left & ~0x7f) != 0) {
            bytes[at++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[at] = (byte) left;
    }

    /** Begins a long nested message, whose length gets four bytes from the start and is never moved. */
    int beginLong(int field) {
        tag(field, LENGTH_DELIMITED);
        room(LENGTH_BYTES);
        size += LENGTH_BYTES;
        return size - LENGTH_BYTES;
    }

    void endLong(int begun) {
        int length = size - begun - LENGTH_BYTES;
        for (int i = 0; i < LENGTH_BYTES; i++) {
            int more = i < LENGTH_BYTES - 1 ? 0x80 : 0;
            bytes[begun + i] = (byte) (length >>> (7 * i) & 0x7f | more);
        }
    }
}
