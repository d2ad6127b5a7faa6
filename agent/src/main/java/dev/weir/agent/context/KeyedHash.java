package dev.weir.agent.context;

/**
 * SipHash-2-4 with 128 bits of output, fed piece by piece: a keyed pseudo-random function that allocates nothing.
 *
 * <p>Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", and its reference code for 128 bits. Not
 * thread-safe.
 */
public final class KeyedHash {

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

    /** Feeds the lowest bytes of a value, fewer than eight; the others are 0. */
    private void add(long value, int bytes) {
        length += bytes;
        word |= value << (8 * filled);
        int sum = filled + bytes;
        if (sum >= 8) {
            mix(word);
            word = filled == 0 ? 0 : value >>> (64 - 8 * filled);
            sum -= 8;
        }
        filled = sum;
    }

    /** Feeds a string and its length, so that neighbours cannot run together. */
    public KeyedHash add(CharSequence text) {
        int count = text.length();
        add((long) count);
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            add((long) text.charAt(i)
                    | (long) text.charAt(i + 1) << 16
                    | (long) text.charAt(i + 2) << 32
                    | (long) text.charAt(i + 3) << 48);
        }
        if (i == count) return this;
        long rest = text.charAt(i);
        if (i + 1 < count) rest |= (long) text.charAt(i + 1) << 16;
        if (i + 2 < count) rest |= (long) text.charAt(i + 2) << 32;
        add(rest, 2 * (count - i));
        return this;
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
