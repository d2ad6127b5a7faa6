package dev.weir.agent.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyedHashTest {

    // Key 00 01 … 0f, as in the reference code's test vectors.
    private final KeyedHash hash = new KeyedHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    private String of(int length) {
        byte[] input = new byte[length];
        for (int i = 0; i < length; i++) input[i] = (byte) i;
        hash.start().add(input, 0, length).finish();
        return Hex.of(Long.reverseBytes(hash.low()), Long.reverseBytes(hash.high()));
    }

    /** The first vectors of SipHash-2-4 with 128 bits of output in the reference code. */
    @Test
    void agreesWithTheReference() {
        assertEquals("a3817f04ba25a8e66df67214c7550293", of(0));
        assertEquals("da87c1d86b99af44347659119b22fc45", of(1));
        assertEquals("8177228da4a45dc7fca38bdef60affe4", of(2));
        assertEquals("5493e99933b0a8117e08ec0f97cfc3d9", of(15));
    }

    @Test
    void piecesMakeTheSameWhole() {
        byte[] input = new byte[1_000];
        for (int i = 0; i < input.length; i++) input[i] = (byte) (i * 31);
        hash.start().add(input, 0, 1_000).finish();
        long expected = hash.low();
        for (int cut = 0; cut <= 1_000; cut += 7) {
            hash.start().add(input, 0, cut).add(input, cut, 1_000 - cut).finish();
            assertEquals(expected, hash.low(), "cut at " + cut);
        }
    }

    /** Whatever was fed before, numbers and texts are their bytes. */
    @Test
    void numbersAndTextsAreTheirBytesAtAnyPlace() {
        for (int before = 0; before < 8; before++) {
            for (int characters = 0; characters < 10; characters++) {
                String narrow = "\u00e4\u00f6bcdefghi".substring(0, characters);
                String wide = "\u00e4\u20acbcdefghi".substring(0, characters);
                String text = before % 2 == 0 ? narrow : wide;
                hash.start();
                for (int i = 0; i < before; i++) hash.add((byte) (0xf0 + i));
                hash.add(text).add(0x8877665544332211L).add(text).finish();
                long high = hash.high();
                long low = hash.low();
                hash.start();
                for (int i = 0; i < before; i++) hash.add((byte) (0xf0 + i));
                feed(text);
                feed(0x8877665544332211L);
                feed(text);
                hash.finish();
                assertEquals(high, hash.high(), () -> "high of " + text);
                assertEquals(low, hash.low(), () -> "low of " + text);
            }
        }
    }

    private void feed(long value) {
        for (int shift = 0; shift < 64; shift += 8) hash.add((byte) (value >>> shift));
    }

    /** Eight bytes that say how long it is and how it is packed, then its characters, then what is missing of eight bytes. */
    private void feed(String text) {
        boolean narrow = text.chars().allMatch(c -> c <= 0xff);
        if (text.isEmpty()) {
            feed(0);
            return;
        }
        feed(text.length() * 2L + (narrow ? 1 : 0));
        int bytes = 0;
        for (char c : text.toCharArray()) {
            hash.add((byte) c);
            if (!narrow) hash.add((byte) (c >>> 8));
            bytes += narrow ? 1 : 2;
        }
        for (; bytes % 8 != 0; bytes++) hash.add((byte) 0);
    }

    @Test
    void whateverHoldsATextItIsTheSame() {
        String text = "\u00e4bc".repeat(300) + "\u20ac".repeat(300);
        hash.start().add(text).finish();
        long low = hash.low();
        hash.start().add(new StringBuilder(text)).finish();
        assertEquals(low, hash.low());
    }

    /** Each character counts, in whatever part of a long text it stands, and both of its bytes. */
    @Test
    void everyCharacterCounts() {
        StringBuilder text = new StringBuilder("abcdefghij".repeat(60));
        Set<Long> seen = new HashSet<>();
        hash.start().add(text).finish();
        seen.add(hash.low());
        for (int i = 0; i < text.length(); i++) {
            char before = text.charAt(i);
            for (char other : new char[] {'\u00e4', (char) (before + 0x100), (char) (before + 0x2000)}) {
                text.setCharAt(i, other);
                hash.start().add(text).finish();
                assertTrue(seen.add(hash.low()), () -> "another character makes no difference");
            }
            text.setCharAt(i, before);
        }
    }

    @Test
    void neighbouringStringsDoNotRunTogether() {
        hash.start().add("ab").add("c").finish();
        long first = hash.low();
        hash.start().add("a").add("bc").finish();
        assertNotEquals(first, hash.low());
    }
}
