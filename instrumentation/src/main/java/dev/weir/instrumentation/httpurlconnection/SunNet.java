package dev.weir.instrumentation.httpurlconnection;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.HttpURLConnection;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The methods of {@code sun.net.www} that levers need and that Java code cannot name. */
final class SunNet {

    static final String CONNECTION = "sun.net.www.protocol.http.HttpURLConnection";
    static final String CLIENT = "sun.net.www.http.HttpClient";
    static final String HEADERS = "sun.net.www.MessageHeader";

    private static final Method STREAMING = method(CONNECTION, "streaming");
    // Unlike setRequestProperty it may be called when the connection is open, which it is when a body is complete.
    private static final Method SET_HEADER =
            method(CONNECTION, "setAuthenticationProperty", String.class, String.class);
    private static final Method REMOVE_HEADER = method(HEADERS, "remove", String.class);
    private static final Method FIND_HEADER = method(HEADERS, "findValue", String.class);
    private static final Method HEADER_VALUES = method(HEADERS, "multiValueIterator", String.class);
    private static final Method HEADER_KEY = method(HEADERS, "getKey", int.class);
    private static final Method HEADER_VALUE = method(HEADERS, "getValue", int.class);
    private static final Method DO_NOT_RETRY = method(CLIENT, "setDoNotRetry", boolean.class);
    private static final Method CLOSE = method(CLIENT, "closeServer");
    private static final Method CONNECT_TIMEOUT = method(CLIENT, "getConnectTimeout");
    private static final Method SET_CONNECT_TIMEOUT = method(CLIENT, "setConnectTimeout", int.class);

    // getRequestProperties does not answer once the connection is open.
    private static final @Nullable Field REQUESTS = requests();

    private SunNet() {}

    /** Whether the body goes out while the application writes it. */
    static boolean streaming(HttpURLConnection connection) {
        return Boolean.TRUE.equals(call(STREAMING, connection));
    }

    static void setHeader(HttpURLConnection connection, String name, String value) {
        call(SET_HEADER, connection, name, value);
    }

    /** Whether a request header stands there more than once. */
    static boolean repeatsHeader(HttpURLConnection connection, String name) {
        if (REQUESTS == null) return false;
        try {
            Iterator<?> values = (Iterator<?>) call(HEADER_VALUES, REQUESTS.get(connection), name);
            if (values == null || !values.hasNext()) return false;
            values.next();
            return values.hasNext();
        } catch (IllegalAccessException | IllegalArgumentException e) {
            // Not the JDK's own connection.
            return false;
        }
    }

    static void removeHeader(Object headers, String name) {
        call(REMOVE_HEADER, headers, name);
    }

    static @Nullable String header(Object headers, String name) {
        return (String) call(FIND_HEADER, headers, name);
    }

    /** The first line of a request. */
    static @Nullable String requestLine(Object headers) {
        return (String) call(HEADER_KEY, headers, 0);
    }

    /** The first line of a reply. */
    static @Nullable String statusLine(Object headers) {
        return (String) call(HEADER_VALUE, headers, 0);
    }

    /** Closes a client's socket under whoever uses it, and keeps it from opening another. */
    static void close(Object client) {
        call(DO_NOT_RETRY, client, true);
        call(CLOSE, client);
    }

    /** A client's connect timeout in milliseconds: negative for the JDK's default, 0 for none. */
    static int connectTimeout(Object client) {
        Object millis = call(CONNECT_TIMEOUT, client);
        return millis instanceof Integer known ? known : -1;
    }

    static void setConnectTimeout(Object client, int millis) {
        call(SET_CONNECT_TIMEOUT, client, millis);
    }

    private static Method method(String className, String name, Class<?>... parameters) {
        try {
            return Class.forName(className, false, null).getMethod(name, parameters);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no " + className + "." + name, e);
        }
    }

    private static @Nullable Field requests() {
        try {
            Field field = Class.forName(CONNECTION, false, null).getDeclaredField("requests");
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable Object call(Method method, Object receiver, Object... arguments) {
        try {
            return method.invoke(receiver, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException thrown) throw thrown;
            if (e.getCause() instanceof Error thrown) throw thrown;
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
