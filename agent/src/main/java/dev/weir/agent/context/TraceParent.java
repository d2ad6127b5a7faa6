package dev.weir.agent.context;

import org.jspecify.annotations.Nullable;

/** The {@code traceparent} of W3C Trace Context (version 00; later versions are read as far as they agree with it). */
public record TraceParent(long traceHigh, long traceLow, long spanId, byte flags) {

    private static final int LENGTH = 55;

    /** Reads a header; {@code null} when it is not well-formed, or names no trace or no span. */
    public static @Nullable TraceParent read(@Nullable String header) {
        if (header == null) return null;
        String text = header.strip();
        if (text.length() < LENGTH || text.charAt(2) != '-' || text.charAt(35) != '-' || text.charAt(52) != '-') {
            return null;
        }
        if (!Hex.is(text, 0, 2) || !Hex.is(text, 3, 35) || !Hex.is(text, 36, 52) || !Hex.is(text, 53, 55)) return null;
        if (text.startsWith("ff")) return null;
        if (text.startsWith("00") ? text.length() != LENGTH : text.length() > LENGTH && text.charAt(LENGTH) != '-') {
            return null;
        }
        long high = Hex.read(text, 3);
        long low = Hex.read(text, 19);
        long span = Hex.read(text, 36);
        if ((high == 0 && low == 0) || span == 0) return null;
        int flags = Character.digit(text.charAt(53), 16) << 4 | Character.digit(text.charAt(54), 16);
        return new TraceParent(high, low, span, (byte) flags);
    }

    /** Reads B3, the single header or its parts; {@code null} when it is not well-formed. */
    public static @Nullable TraceParent readB3(
            @Nullable String single, @Nullable String traceId, @Nullable String spanId, @Nullable String sampled) {
        if (single != null) {
            String[] parts = single.strip().split("-", 4);
            if (parts.length < 2) return null;
            return b3(parts[0], parts[1], parts.length > 2 ? parts[2] : null);
        }
        return traceId == null || spanId == null ? null : b3(traceId.strip(), spanId.strip(), sampled);
    }

    private static @Nullable TraceParent b3(String trace, String span, @Nullable String sampled) {
        if ((trace.length() != 16 && trace.length() != 32) || span.length() != 16) return null;
        if (!Hex.is(trace, 0, trace.length()) || !Hex.is(span, 0, 16)) return null;
        long high = trace.length() == 32 ? Hex.read(trace, 0) : 0;
        long low = Hex.read(trace, trace.length() - 16);
        long spanId = Hex.read(span, 0);
        if ((high == 0 && low == 0) || spanId == 0) return null;
        boolean off = "0".equals(sampled) || "false".equalsIgnoreCase(sampled);
        return new TraceParent(high, low, spanId, (byte) (off ? 0 : 1));
    }

    /** The header's value. */
    public static String format(long traceHigh, long traceLow, long spanId, byte flags) {
        AsciiText text = new AsciiText(LENGTH);
        append(text, traceHigh, traceLow, spanId, flags);
        return text.toString();
    }

    /** Appends the header's value. */
    public static void append(AsciiText to, long traceHigh, long traceLow, long spanId, byte flags) {
        to.append("00-").hex(traceHigh).hex(traceLow).append('-').hex(spanId);
        to.append((flags & 1) == 1 ? "-01" : "-00");
    }
}
