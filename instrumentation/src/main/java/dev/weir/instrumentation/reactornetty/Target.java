package dev.weir.instrumentation.reactornetty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a request goes to. */
record Target(
        String scheme,
        String host,
        int port,
        String path,
        @Nullable String query) {

    /** Reads an absolute URL; {@code ws} is {@code http}. */
    static Target of(String url) {
        int colon = url.indexOf("://");
        String scheme = colon < 0 ? "http" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        if (scheme.equals("ws")) scheme = "http";
        if (scheme.equals("wss")) scheme = "https";
        int start = colon < 0 ? 0 : colon + 3;
        int fragment = url.indexOf('#', start);
        int end = fragment < 0 ? url.length() : fragment;
        int question = url.indexOf('?', start);
        if (question > end) question = -1;
        int pathEnd = question < 0 ? end : question;
        int slash = url.indexOf('/', start);
        if (slash < 0 || slash > pathEnd) slash = pathEnd;
        String authority =
                url.substring(url.lastIndexOf('@', slash) < start ? start : url.lastIndexOf('@', slash) + 1, slash);
        int portColon = authority.lastIndexOf(':');
        // The colons of an IPv6 address stand before its bracket.
        if (portColon < authority.indexOf(']')) portColon = -1;
        return new Target(
                scheme,
                portColon < 0 ? authority : authority.substring(0, portColon),
                portColon < 0 ? 0 : port(authority, portColon + 1),
                url.substring(slash, pathEnd),
                question < 0 ? null : url.substring(question + 1, end));
    }

    private static int port(String authority, int from) {
        try {
            return Integer.parseInt(authority, from, authority.length(), 10);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** What the library keeps of one subscription; it changes with each hop of a redirect. */
    static final class Handler {

        private static volatile @Nullable Handler found;

        private final Class<?> type;
        private final VarHandle method;
        private final VarHandle target;
        private final VarHandle callback;

        private Handler(Class<?> type) throws ReflectiveOperationException {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            this.type = type;
            this.method = lookup.unreflectVarHandle(type.getDeclaredField("method"));
            this.target = lookup.unreflectVarHandle(type.getDeclaredField("toURI"));
            this.callback = lookup.unreflectVarHandle(type.getDeclaredField("handler"));
        }

        /** How to read this object; {@code null} when it is not what requests are made of. */
        static @Nullable Handler of(Object handler) {
            Handler known = found;
            if (known != null && known.type == handler.getClass()) return known;
            if (!handler.getClass().getName().endsWith("$HttpClientHandler")) return null;
            try {
                known = new Handler(handler.getClass());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
            found = known;
            return known;
        }

        String method(Object handler) {
            return String.valueOf(method.get(handler));
        }

        Target target(Object handler) {
            return Target.of(String.valueOf(target.get(handler)));
        }

        /** Whether the application is asked what to send. */
        boolean hasCallback(Object handler) {
            return callback.get(handler) != null;
        }
    }
}
