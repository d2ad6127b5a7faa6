package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8Test {

    private final Utf8 utf8 = new Utf8();

    @Test
    void encodesWhatComesAgainOnce() {
        byte[] first = utf8.of("select 1");
        assertArrayEquals("select 1".getBytes(StandardCharsets.UTF_8), first);
        assertSame(first, utf8.of(new String("select 1".toCharArray())));
    }

    @Test
    void textsOfOnePlaceAreNotMistakenForEachOther() {
        assertEquals("Aa".hashCode(), "BB".hashCode());
        for (String text : new String[] {"Aa", "BB", "Aa", "Grüße", "漢字 \ud83d\ude00", "half \ud83d", ""}) {
            assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), utf8.of(text), text);
        }
        for (int i = 0; i < 10_000; i++) {
            String text = "order " + i % 700;
            assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), utf8.of(text), text);
        }
    }

    @Test
    void longTextsAreNotKept() {
        String text = "x".repeat(300);
        assertNotSame(utf8.of(text), utf8.of(text));
        assertEquals(300, utf8.of(text).length);
    }
}
