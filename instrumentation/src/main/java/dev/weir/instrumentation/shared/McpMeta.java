package dev.weir.instrumentation.shared;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What headers are called in {@code _meta} of the Model Context Protocol.
 *
 * <p>Source: MCP 2025-11-25, basic, {@code _meta}: names without a prefix are the protocol's, of which SEP-414 gives three
 * to tracing.
 */
public final class McpMeta {

    /** The member of parameters and results that it is. */
    public static final String ENTRY = "_meta";

    private static final String TIMEOUT = "dev.weir/timeout-ms";
    private static final String KEY = "dev.weir/idempotency-key";
    private static final String ATTEMPTS = "dev.weir/attempts";
    /** Stands for what is no text: no header may hold it, so that it is found malformed. */
    private static final String NOT_TEXT = "\0";

    private McpMeta() {}

    /** What a header is called in {@code _meta}; {@code null} when it has no place there. */
    public static @Nullable String name(String header) {
        return switch (header) {
            case "traceparent", "tracestate", "baggage" -> header;
            case "weir-timeout-ms" -> TIMEOUT;
            case "Idempotency-Key" -> KEY;
            case "weir-attempts" -> ATTEMPTS;
            default -> null;
        };
    }

    /** What a header's value is in {@code _meta}. */
    public static Object value(String header, String value) {
        if (header.equals("weir-timeout-ms") && value.length() < 18) {
            try {
                return Long.valueOf(value);
            } catch (NumberFormatException e) {
                return value;
            }
        }
        return value;
    }

    /** The value of a header as {@code _meta} has it. */
    public static @Nullable String text(@Nullable Object meta, String header) {
        String name = name(header);
        if (name == null || !(meta instanceof Map<?, ?> entries)) return null;
        Object value = entries.get(name);
        if (value == null || value instanceof String) return (String) value;
        return value instanceof Integer || value instanceof Long ? value.toString() : NOT_TEXT;
    }
}
