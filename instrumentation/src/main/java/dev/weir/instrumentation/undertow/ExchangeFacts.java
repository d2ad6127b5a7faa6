package dev.weir.instrumentation.undertow;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.shared.RequestTarget;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What is known of one inbound request. */
final class ExchangeFacts extends HttpFacts {

    private final HttpServerExchange exchange;
    private final @Nullable String peer;

    private ExchangeFacts(HttpServerExchange exchange, String uri, String query) {
        super(
                Kind.HTTP_SERVER,
                "undertow",
                exchange.getRequestMethod().toString(),
                exchange.getRequestScheme(),
                exchange.getHostName(),
                exchange.getHostPort(),
                RequestTarget.path(uri),
                query.isEmpty() ? null : query);
        this.exchange = exchange;
        InetSocketAddress address = exchange.getSourceAddress();
        this.peer = address == null || address.getAddress() == null
                ? null
                : address.getAddress().getHostAddress();
    }

    static ExchangeFacts of(HttpServerExchange exchange) {
        String query = exchange.getQueryString();
        return new ExchangeFacts(exchange, exchange.getRequestURI(), query == null ? "" : query);
    }

    @Override
    public @Nullable String peerAddress() {
        return peer;
    }

    @Override
    public @Nullable String header(String name) {
        HeaderValues lines = exchange.getRequestHeaders().get(name);
        if (lines == null || lines.isEmpty()) return null;
        return lines.size() == 1 ? lines.getFirst() : String.join(",", lines);
    }

    @Override
    public boolean repeatsHeader(String name) {
        HeaderValues lines = exchange.getRequestHeaders().get(name);
        return lines != null && lines.size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        return exchange.getResponseHeaders().getFirst(name);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        if (exchange.isResponseStarted()) return false;
        exchange.getResponseHeaders().put(new HttpString(name), value);
        return true;
    }
}
