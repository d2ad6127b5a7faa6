package dev.weir.instrumentation.kafka;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Headers of records are bytes; ours are text. */
final class RecordHeaderText {

    /** Longer than anything that is believed, so that whoever reads it finds it too long. */
    private static final int LONGEST = 8_193;

    private RecordHeaderText() {}

    static @Nullable String read(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        byte[] value = header == null ? null : header.value();
        return value == null ? null : new String(value, 0, Math.min(value.length, LONGEST), StandardCharsets.UTF_8);
    }

    static void write(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
