package dev.weir.instrumentation.jdkhttpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.shared.HostPort;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one inbound request. */
final class ExchangeFacts extends HttpFacts {

    // Weak: these facts are found by their exchange, for as long as it lives.
    private final WeakReference<HttpExchange> exchange;
    private final @Nullable String peer;

    private ExchangeFacts(HttpExchange exchange, URI uri, HostPort authority) {
        super(
                Kind.HTTP_SERVER,
                "jdk-http-server",
                exchange.getRequestMethod(),
                exchange instanceof HttpsExchange ? "https" : "http",
                authority.host(),
                authority.port(),
                uri.getRawPath(),
                uri.getRawQuery());
        this.exchange = new WeakReference<>(exchange);
        InetSocketAddress address = exchange.getRemoteAddress();
        this.peer = address == null || address.getAddress() == null
                ? null
                : address.getAddress().getHostAddress();
    }

    static ExchangeFacts of(HttpExchange exchange) {
        URI uri = exchange.getRequestURI();
        HostPort authority = uri.getHost() != null
                ? new HostPort(uri.getHost(), uri.getPort())
                : HostPort.of(exchange.getRequestHeaders().getFirst("Host"), 0);
        return new ExchangeFacts(exchange, uri, authority);
    }

    @Override
    public @Nullable String peerAddress() {
        return peer;
    }

    @Override
    public @Nullable String header(String name) {
        HttpExchange alive = exchange.get();
        List<String> lines = alive == null ? null : alive.getRequestHeaders().get(name);
        if (lines == null || lines.isEmpty()) return null;
        return lines.size() == 1 ? lines.get(0) : String.join(",", lines);
    }

    @Override
    public boolean repeatsHeader(String name) {
        HttpExchange alive = exchange.get();
        List<String> values = alive == null ? null : alive.getRequestHeaders().get(name);
        return values != null && values.size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpExchange alive = exchange.get();
        return alive == null ? null : alive.getResponseHeaders().getFirst(name);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        HttpExchange alive = exchange.get();
        // Once the head is sent it has a status.
        if (alive == null || alive.getResponseCode() != -1) return false;
        alive.getResponseHeaders().set(name, value);
        return true;
    }
}
