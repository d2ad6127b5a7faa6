package dev.weir.instrumentation.shared;

import org.jspecify.annotations.Nullable;

/** How long the body of a request is, going by its headers. */
public final class ContentLength {

    private static final long UNKNOWN = -1;

    private ContentLength() {}

    /** In bytes; -1 when the headers do not say, 0 when there is no body. */
    public static long of(@Nullable String transferEncoding, @Nullable String contentLength) {
        if (transferEncoding != null) return UNKNOWN;
        if (contentLength == null) return 0;
        try {
            return Math.max(UNKNOWN, Long.parseLong(contentLength.strip()));
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }
}
