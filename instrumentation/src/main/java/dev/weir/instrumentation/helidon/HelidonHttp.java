package dev.weir.instrumentation.helidon;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of Helidon's requests and replies.
 *
 * <p>Through method handles, because Helidon 4 needs Java 21 and so does a compiler that reads its classes, while Weir is
 * compiled with 17. Only public interfaces are used, the handles are constants, and what does not fit is known when this
 * class is loaded.
 */
final class HelidonHttp {

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.publicLookup();
    private static final Class<?> REQUEST = type("io.helidon.webserver.http.ServerRequest");
    private static final Class<?> RESPONSE = type("io.helidon.webserver.http.ServerResponse");
    private static final Class<?> HEADERS = type("io.helidon.http.Headers");
    private static final Class<?> WRITABLE_HEADERS = type("io.helidon.http.WritableHeaders");
    private static final Class<?> HEADER_NAME = type("io.helidon.http.HeaderName");

    private static final MethodHandle METHOD = path(String.class, REQUEST, "prologue", "method", "text");
    private static final MethodHandle PATH = path(String.class, REQUEST, "prologue", "uriPath", "rawPath");
    private static final MethodHandle QUERY = path(String.class, REQUEST, "prologue", "query", "rawValue");
    private static final MethodHandle SECURE = path(boolean.class, REQUEST, "isSecure");
    private static final MethodHandle AUTHORITY = path(String.class, REQUEST, "authority");
    private static final MethodHandle PEER = path(SocketAddress.class, REQUEST, "remotePeer", "address");
    private static final MethodHandle REQUEST_HEADERS = path(Object.class, REQUEST, "headers");
    private static final MethodHandle RESPONSE_HEADERS = path(Object.class, RESPONSE, "headers");
    private static final MethodHandle STATUS = path(int.class, RESPONSE, "status", "code");
    private static final MethodHandle NAME =
            erased(method(type("io.helidon.http.HeaderNames"), "create", String.class), Object.class, String.class);
    private static final MethodHandle ALL = erased(
            method(HEADERS, "all", HEADER_NAME, Supplier.class),
            List.class,
            Object.class,
            Object.class,
            Supplier.class);
    private static final MethodHandle SET = erased(
            method(WRITABLE_HEADERS, "set", HEADER_NAME, String[].class).asFixedArity(),
            void.class,
            Object.class,
            Object.class,
            String[].class);
    private static final MethodHandle SET_STATUS =
            erased(method(RESPONSE, "status", int.class), void.class, Object.class, int.class);
    private static final MethodHandle SEND =
            erased(method(RESPONSE, "send", byte[].class), void.class, Object.class, byte[].class);
    private static final Supplier<List<String>> NONE = List::of;

    private HelidonHttp() {}

    static String method(Object request) throws Throwable {
        return (String) METHOD.invokeExact(request);
    }

    static String path(Object request) throws Throwable {
        return (String) PATH.invokeExact(request);
    }

    /** {@code null} when there is none. */
    static @Nullable String query(Object request) throws Throwable {
        String raw = (String) QUERY.invokeExact(request);
        return raw == null || raw.isEmpty() ? null : raw;
    }

    static boolean isSecure(Object request) throws Throwable {
        return (boolean) SECURE.invokeExact(request);
    }

    static @Nullable String authority(Object request) throws Throwable {
        return (String) AUTHORITY.invokeExact(request);
    }

    static @Nullable SocketAddress peer(Object request) throws Throwable {
        return (SocketAddress) PEER.invokeExact(request);
    }

    static Object requestHeaders(Object request) throws Throwable {
        return (Object) REQUEST_HEADERS.invokeExact(request);
    }

    static Object responseHeaders(Object response) throws Throwable {
        return (Object) RESPONSE_HEADERS.invokeExact(response);
    }

    static int status(Object response) throws Throwable {
        return (int) STATUS.invokeExact(response);
    }

    /** The values of all lines of a header. */
    @SuppressWarnings("unchecked")
    static List<String> all(Object headers, String name) throws Throwable {
        return (List<String>) ALL.invokeExact(headers, (Object) NAME.invokeExact(name), NONE);
    }

    /** Puts one line in the place of all of its name. */
    static void set(Object headers, String name, String value) throws Throwable {
        SET.invokeExact(headers, (Object) NAME.invokeExact(name), new String[] {value});
    }

    /** Answers with plain text. */
    static void send(Object response, int status, byte[] text) throws Throwable {
        SET_STATUS.invokeExact(response, status);
        set(responseHeaders(response), "Content-Type", "text/plain; charset=utf-8");
        SEND.invokeExact(response, text);
    }

    /** Calls one method after the other, each on what the one before returned. */
    private static MethodHandle path(Class<?> result, Class<?> from, String... names) {
        MethodHandle path = MethodHandles.identity(from);
        Class<?> at = from;
        for (String name : names) {
            MethodHandle next = method(at, name);
            path = MethodHandles.filterReturnValue(path, next.asType(next.type().changeParameterType(0, at)));
            at = next.type().returnType();
        }
        return erased(path, result, Object.class);
    }

    private static MethodHandle method(Class<?> of, String name, Class<?>... parameters) {
        try {
            Method found = of.getMethod(name, parameters);
            return LOOKUP.unreflect(found);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("another Helidon than was tested: " + e, e);
        }
    }

    private static MethodHandle erased(MethodHandle handle, Class<?> result, Class<?>... parameters) {
        return handle.asType(MethodType.methodType(result, parameters));
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new LinkageError("another Helidon than was tested: " + e, e);
        }
    }
}
