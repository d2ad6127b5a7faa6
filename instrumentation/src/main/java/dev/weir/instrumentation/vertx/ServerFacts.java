package dev.weir.instrumentation.vertx;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.shared.RequestTarget;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one inbound request. */
final class ServerFacts extends HttpFacts {

    // Weak: these facts are found by their response, for as long as it lives.
    private final WeakReference<HttpServerRequest> request;
    private final @Nullable String peer;

    private ServerFacts(HttpServerRequest request, @Nullable HostAndPort authority) {
        super(
                Kind.HTTP_SERVER,
                "vertx-http-server",
                request.method().name(),
                request.isSSL() ? "https" : "http",
                authority == null ? null : authority.host(),
                authority == null ? 0 : authority.port(),
                RequestTarget.path(request.uri()),
                RequestTarget.query(request.uri()));
        this.request = new WeakReference<>(request);
        SocketAddress address = request.remoteAddress();
        this.peer = address == null ? null : address.hostAddress();
    }

    static ServerFacts of(HttpServerRequest request) {
        return new ServerFacts(request, request.authority());
    }

    @Override
    public @Nullable String peerAddress() {
        return peer;
    }

    @Override
    public @Nullable String header(String name) {
        HttpServerRequest open = request.get();
        List<String> lines = open == null ? List.of() : open.headers().getAll(name);
        if (lines.isEmpty()) return null;
        return lines.size() == 1 ? lines.get(0) : String.join(",", lines);
    }

    @Override
    public boolean repeatsHeader(String name) {
        HttpServerRequest open = request.get();
        return open != null && open.headers().getAll(name).size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpServerRequest open = request.get();
        return open == null ? null : open.response().headers().get(name);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        HttpServerRequest open = request.get();
        if (open == null || open.response().headWritten()) return false;
        open.response().headers().set(name, value);
        return true;
    }
}
