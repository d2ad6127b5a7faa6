package dev.weir.instrumentation.helidon;

import dev.weir.instrumentation.shared.PublicMethods;
import java.lang.invoke.MethodHandle;
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

    private static final PublicMethods HELIDON = new PublicMethods(HelidonHttp.class, "Helidon");
    private static final Class<?> REQUEST = HELIDON.type("io.helidon.webserver.http.ServerRequest");
    private static final Class<?> RESPONSE = HELIDON.type("io.helidon.webserver.http.ServerResponse");
    private static final Class<?> HEADERS = HELIDON.type("io.helidon.http.Headers");
    private static final Class<?> WRITABLE_HEADERS = HELIDON.type("io.helidon.http.WritableHeaders");
    private static final Class<?> HEADER_NAME = HELIDON.type("io.helidon.http.HeaderName");

    private static final MethodHandle METHOD = HELIDON.path(String.class, REQUEST, "prologue", "method", "text");
    private static final MethodHandle PATH = HELIDON.path(String.class, REQUEST, "prologue", "uriPath", "rawPath");
    private static final MethodHandle QUERY = HELIDON.path(String.class, REQUEST, "prologue", "query", "rawValue");
    private static final MethodHandle SECURE = HELIDON.path(boolean.class, REQUEST, "isSecure");
    private static final MethodHandle AUTHORITY = HELIDON.path(String.class, REQUEST, "authority");
    private static final MethodHandle PEER = HELIDON.path(SocketAddress.class, REQUEST, "remotePeer", "address");
    private static final MethodHandle REQUEST_HEADERS = HELIDON.path(Object.class, REQUEST, "headers");
    private static final MethodHandle RESPONSE_HEADERS = HELIDON.path(Object.class, RESPONSE, "headers");
    private static final MethodHandle STATUS = HELIDON.path(int.class, RESPONSE, "status", "code");
    private static final MethodHandle NAME = PublicMethods.erased(
            HELIDON.method(HELIDON.type("io.helidon.http.HeaderNames"), "create", String.class),
            Object.class,
            String.class);
    private static final MethodHandle ALL = PublicMethods.erased(
            HELIDON.method(HEADERS, "all", HEADER_NAME, Supplier.class),
            List.class,
            Object.class,
            Object.class,
            Supplier.class);
    private static final MethodHandle SET = PublicMethods.erased(
            HELIDON.method(WRITABLE_HEADERS, "set", HEADER_NAME, String[].class).asFixedArity(),
            void.class,
            Object.class,
            Object.class,
            String[].class);
    private static final MethodHandle SET_STATUS =
            PublicMethods.erased(HELIDON.method(RESPONSE, "status", int.class), void.class, Object.class, int.class);
    private static final MethodHandle SEND = PublicMethods.erased(
            HELIDON.method(RESPONSE, "send", byte[].class), void.class, Object.class, byte[].class);
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
}
