package dev.weir.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The head of one HTTP/1.1 message without a body. */
record HttpHead(List<String> lines) {

    /** Reads up to the empty line; null if the stream ends before the first byte. */
    static @Nullable HttpHead read(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder(256);
        while (true) {
            int next = in.read();
            if (next < 0) {
                if (head.isEmpty()) {
                    return null;
                }
                throw new IOException("connection closed inside a message head");
            }
            head.append((char) next);
            int length = head.length();
            if (next == '\n' && length >= 4 && head.indexOf("\r\n\r\n", length - 4) >= 0) {
                return new HttpHead(head.substring(0, length - 4).lines().toList());
            }
        }
    }

    int status() {
        return Integer.parseInt(lines.get(0).split(" ")[1]);
    }

    @Nullable
    String header(String name) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
                return line.substring(colon + 1).trim();
            }
        }
        return null;
    }
}
