package dev.weir.instrumentation.shared;

import org.jspecify.annotations.Nullable;

/** The parts of a request line's target, which is a whole URL when the request goes to a proxy. */
public final class RequestTarget {

    private RequestTarget() {}

    /** The authority of a whole URL; {@code null} of anything else. */
    public static @Nullable String authority(@Nullable String target) {
        if (target == null) return null;
        int from = authorityStart(target, pathEnd(target));
        return from < 0 ? null : target.substring(from, authorityEnd(target, from));
    }

    /** The raw path; {@code null} without a target. */
    public static @Nullable String path(@Nullable String target) {
        if (target == null) return null;
        int end = pathEnd(target);
        int authority = authorityStart(target, end);
        if (authority < 0) return target.substring(0, end);
        int start = authorityEnd(target, authority);
        // RFC 9110, 4.2.3: a URL without a path is the same as with this one.
        return target.startsWith("/", start) ? target.substring(start, end) : "/";
    }

    /** The raw query without the question mark; {@code null} when there is none. */
    public static @Nullable String query(@Nullable String target) {
        if (target == null) return null;
        int question = target.indexOf('?');
        return question < 0 ? null : target.substring(question + 1);
    }

    private static int pathEnd(String target) {
        int question = target.indexOf('?');
        return question < 0 ? target.length() : question;
    }

    /** After the scheme of a whole URL; -1 in anything else. */
    private static int authorityStart(String target, int pathEnd) {
        int colon = target.startsWith("/") ? -1 : target.indexOf("://");
        return colon < 0 || colon >= pathEnd ? -1 : colon + 3;
    }

    private static int authorityEnd(String target, int from) {
        int end = from;
        while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) end++;
        return end;
    }
}
