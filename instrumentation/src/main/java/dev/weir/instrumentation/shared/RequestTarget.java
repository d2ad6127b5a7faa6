package dev.weir.instrumentation.shared;

import org.jspecify.annotations.Nullable;

/** The path and the query of a request line's target, which is a whole URL when the request goes to a proxy. */
public final class RequestTarget {

    private RequestTarget() {}

    /** The raw path; {@code null} without a target. */
    public static @Nullable String path(@Nullable String target) {
        if (target == null) return null;
        int question = target.indexOf('?');
        String beforeQuery = question < 0 ? target : target.substring(0, question);
        if (beforeQuery.startsWith("/")) return beforeQuery;
        int authority = beforeQuery.indexOf("://");
        if (authority < 0) return beforeQuery;
        int slash = beforeQuery.indexOf('/', authority + 3);
        return slash < 0 ? "/" : beforeQuery.substring(slash);
    }

    /** The raw query without the question mark; {@code null} when there is none. */
    public static @Nullable String query(@Nullable String target) {
        if (target == null) return null;
        int question = target.indexOf('?');
        return question < 0 ? null : target.substring(question + 1);
    }
}
