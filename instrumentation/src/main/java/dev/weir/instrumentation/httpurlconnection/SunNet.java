package dev.weir.instrumentation.httpurlconnection;

import dev.weir.bootstrap.CallFacts.HeaderSet;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.net.HttpURLConnection;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The methods of {@code sun.net.www} that levers need and that Java code cannot name. */
final class SunNet {

    static final String CONNECTION = "sun.net.www.protocol.http.HttpURLConnection";
    static final String CLIENT = "sun.net.www.http.HttpClient";
    static final String HEADERS = "sun.net.www.MessageHeader";

    private static final MethodHandle STREAMING = method(CONNECTION, "streaming", boolean.class);
    // Unlike setRequestProperty it may be called when the connection is open, which it is when a body is complete.
    private static final MethodHandle SET_HEADER =
            method(CONNECTION, "setAuthenticationProperty", void.class, String.class, String.class);
    private static final MethodHandle FIND_HEADER = method(HEADERS, "findValue", String.class, String.class);
    private static final MethodHandle HEADER_VALUES =
            method(HEADERS, "multiValueIterator", Iterator.class, String.class);
    private static final MethodHandle HEADER_KEY = method(HEADERS, "getKey", String.class, int.class);
    private static final MethodHandle HEADER_VALUE = method(HEADERS, "getValue", String.class, int.class);
    private static final MethodHandle DO_NOT_RETRY = method(CLIENT, "setDoNotRetry", void.class, boolean.class);
    private static final MethodHandle CLOSE = method(CLIENT, "closeServer", void.class);
    private static final MethodHandle CONNECT_TIMEOUT = method(CLIENT, "getConnectTimeout", int.class);
    private static final MethodHandle SET_CONNECT_TIMEOUT = method(CLIENT, "setConnectTimeout", void.class, int.class);

    // getRequestProperties does not answer once the connection is open.
    private static final @Nullable MethodHandle REQUESTS = requests();

    private SunNet() {}

    /** Whether the body goes out while the application writes it. */
    static boolean streaming(HttpURLConnection connection) {
        try {
            return (boolean) STREAMING.invokeExact((Object) connection);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    static void setHeader(HttpURLConnection connection, String name, String value) {
        try {
            SET_HEADER.invokeExact((Object) connection, name, value);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    /** Whether a request header stands there more than once. */
    static boolean repeatsHeader(HttpURLConnection connection, String name) {
        MethodHandle requests = REQUESTS;
        if (requests == null) return false;
        Iterator<?> values;
        try {
            Object headers = (Object) requests.invokeExact((Object) connection);
            values = (Iterator<?>) HEADER_VALUES.invokeExact(headers, name);
        } catch (ClassCastException e) {
            // Not the JDK's own connection.
            return false;
        } catch (Throwable t) {
            throw unchecked(t);
        }
        if (values == null || !values.hasNext()) return false;
        values.next();
        return values.hasNext();
    }

    /** The names of a connection's own request headers. */
    static long names(HttpURLConnection connection) {
        MethodHandle requests = REQUESTS;
        if (requests == null) return HeaderSet.ALL;
        Object headers;
        try {
            headers = (Object) requests.invokeExact((Object) connection);
        } catch (ClassCastException e) {
            // Not the JDK's own connection.
            return HeaderSet.ALL;
        } catch (Throwable t) {
            throw unchecked(t);
        }
        return names(headers);
    }

    /** The names in a head. */
    static long names(Object headers) {
        long names = 0;
        try {
            for (int i = 0; ; i++) {
                String name = (String) HEADER_KEY.invokeExact(headers, i);
                if (name != null) names |= HeaderSet.of(name);
                // A line without a colon is a value without a name, as is the first one of a reply.
                else if ((String) HEADER_VALUE.invokeExact(headers, i) == null) return names;
            }
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    static @Nullable String header(Object headers, String name) {
        try {
            return (String) FIND_HEADER.invokeExact(headers, name);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    /** The first line of a request. */
    static @Nullable String requestLine(Object headers) {
        return first(HEADER_KEY, headers);
    }

    /** The first line of a reply. */
    static @Nullable String statusLine(Object headers) {
        return first(HEADER_VALUE, headers);
    }

    private static @Nullable String first(MethodHandle part, Object headers) {
        try {
            return (String) part.invokeExact(headers, 0);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    /** Closes a client's socket under whoever uses it, and keeps it from opening another. */
    static void close(Object client) {
        try {
            DO_NOT_RETRY.invokeExact(client, true);
            CLOSE.invokeExact(client);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    /** A client's connect timeout in milliseconds: negative for the JDK's default, 0 for none. */
    static int connectTimeout(Object client) {
        try {
            return (int) CONNECT_TIMEOUT.invokeExact(client);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    static void setConnectTimeout(Object client, int millis) {
        try {
            SET_CONNECT_TIMEOUT.invokeExact(client, millis);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    private static MethodHandle method(String className, String name, Class<?> result, Class<?>... parameters) {
        try {
            Class<?> owner = Class.forName(className, false, null);
            MethodHandle method =
                    MethodHandles.lookup().findVirtual(owner, name, MethodType.methodType(result, parameters));
            return method.asType(method.type().changeParameterType(0, Object.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no " + className + "." + name, e);
        }
    }

    private static @Nullable MethodHandle requests() {
        try {
            Field field = Class.forName(CONNECTION, false, null).getDeclaredField("requests");
            field.setAccessible(true);
            return MethodHandles.lookup()
                    .unreflectGetter(field)
                    .asType(MethodType.methodType(Object.class, Object.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) throw error;
        return thrown instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(thrown);
    }
}
