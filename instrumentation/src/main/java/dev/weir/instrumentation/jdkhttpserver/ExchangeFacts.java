package dev.weir.instrumentation.jdkhttpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.weir.bootstrap.CallFacts.HeaderSet;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.shared.HostPort;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of one inbound request. */
final class ExchangeFacts extends HttpFacts {

    // Weak: these facts are found by their exchange, for as long as it lives.
    private final WeakReference<HttpExchange> exchange;
    private final @Nullable String peer;
    private final List<Map.Entry<String, List<String>>> headers;
    private final long names;

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
        this.headers = List.copyOf(exchange.getRequestHeaders().entrySet());
        long all = 0;
        for (int i = 0; i < headers.size(); i++)
            all |= HeaderSet.of(headers.get(i).getKey());
        this.names = all;
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
        List<String> values = values(name);
        if (values == null || values.isEmpty()) return null;
        return values.size() == 1 ? values.get(0) : String.join(",", values);
    }

    @Override
    public long headerNames() {
        return names;
    }

    @Override
    public boolean repeatsHeader(String name) {
        List<String> values = values(name);
        return values != null && values.size() > 1;
    }

    /** Headers that are asked by name make a name of their own for it, each time; most of what we ask for is not there. */
    private @Nullable List<String> values(String name) {
        for (int i = 0; i < headers.size(); i++) {
            Map.Entry<String, List<String>> header = headers.get(i);
            if (header.getKey().equalsIgnoreCase(name)) return header.getValue();
        }
        return null;
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
