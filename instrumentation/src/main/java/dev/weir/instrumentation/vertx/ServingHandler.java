package dev.weir.instrumentation.vertx;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** The application's handler of requests, around which each request is a scope. */
final class ServingHandler implements Handler<HttpServerRequest> {

    private final Handler<HttpServerRequest> handler;

    ServingHandler(Handler<HttpServerRequest> handler) {
        this.handler = handler;
    }

    @Override
    public void handle(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        // A handler may pass a request on to another server's handler.
        if (!Hooks.follows(CallFacts.Kind.HTTP_SERVER) || Served.of(response) != null) {
            handler.handle(request);
            return;
        }
        Call call = Hooks.begin(ServerFacts.of(request));
        if (call == null) {
            handler.handle(request);
        } else if (call instanceof Call.Denied denied) {
            refuse(response, denied);
        } else {
            serve(request, response, call);
        }
    }

    private void serve(HttpServerRequest request, HttpServerResponse response, Call call) {
        Object channel = NettyChannels.of(request.connection());
        Served served = Served.begin(response, call, channel);
        if (channel != null) Attachments.attach(channel, call);
        Throwable thrown = null;
        try {
            handler.handle(request);
        } catch (Throwable t) {
            thrown = t;
            throw t;
        } finally {
            served.returned(response, thrown);
        }
    }

    private static void refuse(HttpServerResponse response, Call.Denied denied) {
        response.setStatusCode(denied.timeout() ? 504 : 503);
        response.putHeader("Content-Type", "text/plain; charset=utf-8");
        response.end(denied.message() + "\n");
    }
}
