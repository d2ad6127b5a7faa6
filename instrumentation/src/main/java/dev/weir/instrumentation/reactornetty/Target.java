package dev.weir.instrumentation.reactornetty;

import dev.weir.instrumentation.shared.HostPort;
import dev.weir.instrumentation.shared.RequestTarget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a request goes to. */
record Target(
        String scheme,
        String host,
        int port,
        @Nullable String path,
        @Nullable String query) {

    /** Reads an absolute URL; {@code ws} is {@code http}. */
    static Target of(String url) {
        int colon = url.indexOf("://");
        String scheme = colon < 0 ? "http" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        if (scheme.equals("ws")) scheme = "http";
        if (scheme.equals("wss")) scheme = "https";
        int fragment = url.indexOf('#');
        String target = fragment < 0 ? url : url.substring(0, fragment);
        HostPort place = HostPort.of(RequestTarget.authority(target), 0);
        return new Target(scheme, place.host(), place.port(), RequestTarget.path(target), RequestTarget.query(target));
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
