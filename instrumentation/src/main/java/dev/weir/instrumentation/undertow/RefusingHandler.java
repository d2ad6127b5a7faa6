package dev.weir.instrumentation.undertow;

import dev.weir.bootstrap.Call;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/** Answers a request that must not be served. */
final class RefusingHandler implements HttpHandler {

    private final Call.Denied denied;

    RefusingHandler(Call.Denied denied) {
        this.denied = denied;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        exchange.setStatusCode(denied.timeout() ? 504 : 503);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getResponseSender().send(denied.message() + "\n");
    }
}
