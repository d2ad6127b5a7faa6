package dev.weir.instrumentation.vertx;

import org.jspecify.annotations.Nullable;

/** Path and query of a request's target as it stands on the request line. */
final class RequestTarget {

    private RequestTarget() {}

    static @Nullable String path(@Nullable String target) {
        if (target == null) return null;
        int from = 0;
        int scheme = target.indexOf("://");
        // A proxy is asked for whole addresses.
        if (scheme > 0 && scheme < 8) {
            from = target.indexOf('/', scheme + 3);
            if (from < 0) return null;
        }
        int question = target.indexOf('?');
        return question < 0 ? target.substring(from) : target.substring(Math.min(from, question), question);
    }

    static @Nullable String query(@Nullable String target) {
        int question = target == null ? -1 : target.indexOf('?');
        return target == null || question < 0 ? null : target.substring(question + 1);
    }
}
