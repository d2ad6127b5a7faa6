package dev.weir.agent.cli.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The spans of one request, and how many of them could not be taken. */
final class SpanBatch {
    private final List<Span> spans = new ArrayList<>();
    private int rejected;
    private String reason = "";

    void add(SpanDraft draft, Resource resource) {
        String traceId = draft.traceId;
        String spanId = draft.spanId;
        if (traceId == null || spanId == null) {
            rejected++;
            reason = "a span needs a trace id of 16 bytes and a span id of 8 bytes that are not all zero"
                    + " (in OTLP/JSON both are hex, not base64)";
            return;
        }
        spans.add(draft.finish(traceId, spanId, resource));
    }

    List<Span> spans() {
        return spans;
    }

    int rejected() {
        return rejected;
    }

    /** Why the last rejected span was rejected; empty if none was. */
    String reason() {
        return reason;
    }

    /** The id in lower case, or null if it is not {@code bytes} bytes of hex or is all zero. */
    static @Nullable String id(String hex, int bytes) {
        if (hex.length() != 2 * bytes) {
            return null;
        }
        boolean zero = true;
        for (int i = 0; i < hex.length(); i++) {
            char c = hex.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F')) {
                return null;
            }
            zero &= c == '0';
        }
        return zero ? null : hex.toLowerCase(Locale.ROOT);
    }
}
