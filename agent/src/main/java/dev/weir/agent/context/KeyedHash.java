package dev.weir.agent.context;

import org.jspecify.annotations.Nullable;

/**
 * SipHash-2-4 with 128 bits of output, fed piece by piece: a keyed pseudo-random function that allocates nothing.
 *
 * <p>Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", and its reference code for 128 bits. Not
 * thread-safe.
 */
public final class KeyedHash {

    private static final int CHUNK = 256;

    private final long key0;
    private final long key1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private long word;
    private int filled;
    private long length;
    private long high;
    private long low;
    private char @Nullable [] chars;

    public KeyedHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
        start();
    }

    /** Forgets everything fed, and begins anew. */
    public KeyedHash start() {
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
        word = 0;
        filled = 0;
        length = 0;
        return this;
    }

    public KeyedHash add(byte value) {
        word |= (value & 0xffL) << (8 * filled);
        length++;
        if (++filled == 8) {
            mix(word);
            word = 0;
            filled = 0;
        }
        return this;
    }

    public KeyedHash add(byte[] bytes, int from, int count) {
        int at = from;
        int end = from + count;
        while (at < end && filled != 0) add(bytes[at++]);
        for (; at + 8 <= end; at += 8) {
            mix((bytes[at] & 0xffL)
                    | (bytes[at + 1] & 0xffL) << 8
                    | (bytes[at + 2] & 0xffL) << 16
                    | (bytes[at + 3] & 0xffL) << 24
                    | (bytes[at + 4] & 0xffL) << 32
                    | (bytes[at + 5] & 0xffL) << 40
                    | (bytes[at + 6] & 0xffL) << 48
                    | (bytes[at + 7] & 0xffL) << 56);
            length += 8;
        }
        while (at < end) add(bytes[at++]);
        return this;
    }

    public KeyedHash add(long value) {
        length += 8;
        if (filled == 0) {
            mix(value);
        } else {
            mix(word | value << (8 * filled));
            word = value >>> (64 - 8 * filled);
        }
        return this;
    }

    /** Feeds a text and its length, so that neighbours cannot run together. */
    public KeyedHash add(CharSequence text) {
        int count = text.length();
        if (count == 0) return add(0L);
        for (int from = 0; from < count; from += CHUNK) add(text, from, Math.min(count, from + CHUNK));
        return this;
    }

    /** A part of a text, behind a word that says how it is packed: a byte for each character if that will do. */
    private void add(CharSequence text, int from, int to) {
        char[] copy = chars;
        if (copy == null) chars = copy = new char[CHUNK];
        int count = to - from;
        if (text instanceof String string) string.getChars(from, to, copy, 0);
        else for (int i = 0; i < count; i++) copy[i] = text.charAt(from + i);
        int all = 0;
        for (int i = 0; i < count; i++) all |= copy[i];
        boolean narrow = all <= 0xff;
        add((long) text.length() << 1 | (narrow ? 1 : 0));
        int i = 0;
        if (narrow) for (; i + 8 <= count; i += 8) add(narrow(copy, i) | narrow(copy, i + 4) << 32);
        else for (; i + 4 <= count; i += 4) add(wide(copy, i));
        if (i == count) return;
        long rest = 0;
        for (int shift = 0; i < count; i++, shift += narrow ? 8 : 16) rest |= (long) copy[i] << shift;
        add(rest);
    }

    private static long narrow(char[] from, int at) {
        return from[at] | (long) from[at + 1] << 8 | (long) from[at + 2] << 16 | (long) from[at + 3] << 24;
    }

    private static long wide(char[] from, int at) {
        return from[at] | (long) from[at + 1] << 16 | (long) from[at + 2] << 32 | (long) from[at + 3] << 48;
    }

    /** Ends the input; {@link #high} and {@link #low} then hold the result. */
    public KeyedHash finish() {
        mix(word | length << 56);
        v2 ^= 0xee;
        for (int i = 0; i < 4; i++) round();
        low = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        for (int i = 0; i < 4; i++) round();
        high = v0 ^ v1 ^ v2 ^ v3;
        return this;
    }

    /** The second 64 bits. */
    public long high() {
        return high;
    }

    /** The first 64 bits. */
    public long low() {
        return low;
    }

    private void mix(long m) {
        v3 ^= m;
        round();
        round();
        v0 ^= m;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
