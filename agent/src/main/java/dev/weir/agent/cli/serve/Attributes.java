package dev.weir.agent.cli.serve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attributes while they are read, cut where a sender has too many of them or where one is too long. */
final class Attributes {
    static final int MOST = 256;
    static final int LONGEST_TEXT = 16 * 1024;
    /** How deep lists and maps may nest in a value. */
    static final int DEEPEST = 16;

    private @Nullable Map<String, Object> values;
    private int dropped;

    void put(String key, @Nullable Object value) {
        if (value == null) {
            return;
        }
        if (values == null) {
            values = new LinkedHashMap<>();
        }
        if (values.size() >= MOST && !values.containsKey(key)) {
            dropped++;
        } else {
            values.put(clip(key), value);
        }
    }

    int dropped() {
        return dropped;
    }

    Map<String, Object> toMap() {
        return values == null ? Map.of() : Collections.unmodifiableMap(values);
    }

    static String clip(String text) {
        if (text.length() <= LONGEST_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? LONGEST_TEXT - 1 : LONGEST_TEXT;
        return text.substring(0, end) + "…";
    }
}
