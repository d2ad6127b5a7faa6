package dev.weir.agent.export;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Encodes texts; those that come again and again, such as statements and hosts, only once. Not thread-safe.
 *
 * <p>A place holds the text that was there last. What is longer than {@value #LONGEST} characters is not kept.
 */
final class Utf8 {

    private static final int PLACES = 256;
    private static final int LONGEST = 256;

    private final @Nullable String[] texts = new String[PLACES];
    private final byte[][] encoded = new byte[PLACES][];

    /** Not to be written to. */
    byte[] of(String text) {
        // The JDK encodes a string many bytes at a time.
        if (text.length() > LONGEST) return text.getBytes(StandardCharsets.UTF_8);
        int place = Places.of(text.hashCode(), PLACES);
        if (text.equals(texts[place])) return encoded[place];
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        texts[place] = text;
        encoded[place] = bytes;
        return bytes;
    }
}
