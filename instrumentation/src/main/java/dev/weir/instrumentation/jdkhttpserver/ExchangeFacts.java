package dev.weir.instrumentation.jdkhttpserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.weir.bootstrap.HttpFacts;
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

    private ExchangeFacts(HttpExchange exchange, URI uri, Authority authority) {
        super(
                Kind.HTTP_SERVER,
                "jdk-http-server",
                exchange.getRequestMethod(),
                exchange instanceof HttpsExchange ? "https" : "http",
                authority.host,
                authority.port,
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
        Authority authority = uri.getHost() != null
                ? new Authority(uri.getHost(), uri.getPort())
                : Authority.parse(exchange.getRequestHeaders().getFirst("Host"));
        return new ExchangeFacts(exchange, uri, authority);
    }

    private static final class Authority {
        final String host;
        final int port;

        Authority(String host, int port) {
            this.host = host;
            this.port = port;
        }

        static Authority parse(@Nullable String text) {
            if (text == null) return new Authority("", 0);
            int colon = text.lastIndexOf(':');
            // The colons of a bare IPv6 address stand before its bracket.
            if (colon < 0 || colon < text.indexOf(']')) return new Authority(text, 0);
            int port = 0;
            for (int i = colon + 1; i < text.length(); i++) {
                char digit = text.charAt(i);
                if (digit < '0' || digit > '9' || port > 6_553) return new Authority(text.substring(0, colon), 0);
                port = port * 10 + digit - '0';
            }
            return new Authority(text.substring(0, colon), port);
        }
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
