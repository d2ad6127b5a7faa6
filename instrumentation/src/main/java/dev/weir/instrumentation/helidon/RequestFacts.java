package dev.weir.instrumentation.helidon;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.shared.HostPort;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one inbound request. */
final class RequestFacts extends HttpFacts {

    private final Object requestHeaders;
    private final Object responseHeaders;
    private final @Nullable String peer;
    private volatile boolean replied;
    private volatile @Nullable Throwable thrown;

    private RequestFacts(Object request, Object response, HostPort authority) throws Throwable {
        super(
                Kind.HTTP_SERVER,
                "helidon-webserver",
                HelidonHttp.method(request),
                HelidonHttp.isSecure(request) ? "https" : "http",
                authority.host(),
                authority.port(),
                HelidonHttp.path(request),
                query(request));
        this.requestHeaders = HelidonHttp.requestHeaders(request);
        this.responseHeaders = HelidonHttp.responseHeaders(response);
        this.peer = HelidonHttp.peer(request) instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress().getHostAddress()
                : null;
    }

    static RequestFacts of(Object request, Object response) throws Throwable {
        return new RequestFacts(request, response, HostPort.of(HelidonHttp.authority(request), 0));
    }

    private static @Nullable String query(Object request) throws Throwable {
        try {
            return HelidonHttp.query(request);
        } catch (IllegalArgumentException e) {
            // Helidon only reads it when somebody asks, and then refuses what is malformed.
            return null;
        }
    }

    /** The head of the reply is out of reach now. */
    void replied() {
        replied = true;
    }

    /** A filter or handler has thrown it; Helidon answers for it. */
    void thrown(Throwable failure) {
        thrown = failure;
    }

    @Nullable
    Throwable thrown() {
        return thrown;
    }

    @Override
    public @Nullable String peerAddress() {
        return peer;
    }

    @Override
    public @Nullable String header(String name) {
        List<String> lines = lines(requestHeaders, name);
        if (lines.isEmpty()) return null;
        return lines.size() == 1 ? lines.get(0) : String.join(",", lines);
    }

    @Override
    public boolean repeatsHeader(String name) {
        return lines(requestHeaders, name).size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        List<String> lines = lines(responseHeaders, name);
        return lines.isEmpty() ? null : lines.get(0);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        if (replied) return false;
        try {
            HelidonHttp.set(responseHeaders, name, value);
            return true;
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    private static List<String> lines(Object headers, String name) {
        try {
            return HelidonHttp.all(headers, name);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    /** None of what is called declares an exception. */
    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) throw error;
        return thrown instanceof RuntimeException runtime ? runtime : new IllegalStateException(thrown);
    }
}
