package dev.weir.instrumentation.vertx;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** The HTTP server of Vert.x 4.5 and 5: a request from its handler to the end of its response. */
public final class VertxHttpServerInstrumentation implements Instrumentation {

    private static final String HTTP = "io.vertx.core.http.impl.";
    private static final String HANDLER = "io.vertx.core.Handler";

    @Override
    public String name() {
        return "vertx-http-server";
    }

    @Override
    public void weave(Weaving weaving) {
        // One class in 4.5 and 5.0, several in 5.1.
        for (String server : new String[] {
            "HttpServerImpl", "tcp.TcpHttpServer", "quic.QuicHttpServer", "HybridHttpServer", "CleanableHttpServer"
        }) {
            weaving.type(HTTP + server).exactly("requestHandler", "Handle", HANDLER);
        }
        for (String response : new String[] {
            "Http1xServerResponse", "Http2ServerResponse", "http1.Http1ServerResponse", "HttpServerResponseImpl"
        }) {
            weaving.type(HTTP + response)
                    .method("prepareHeaders", "Head")
                    .exactly("endHandler", "End", HANDLER)
                    .exactly("closeHandler", "Closed", HANDLER);
        }
    }

    /** The application says who handles requests. */
    static final class Handle {

        static @Nullable Handler<HttpServerRequest> argument0(
                Object server, @Nullable Handler<HttpServerRequest> handler) {
            return handler == null || handler instanceof ServingHandler ? handler : new ServingHandler(handler);
        }
    }

    /** The head of the response is about to be written; asked for each time that something is written. */
    static final class Head {

        static void enter(HttpServerResponse response) {
            Served served = Served.of(response);
            if (served != null && !response.headWritten()) Hooks.replying(served.call());
        }
    }

    /** There is one handler of the end; ours stays beside the application's. */
    static final class End {

        static @Nullable Handler<Void> argument0(HttpServerResponse response, @Nullable Handler<Void> handler) {
            Served served = Served.of(response);
            return served == null ? handler : served.beside(handler);
        }
    }

    static final class Closed {

        static @Nullable Handler<Void> argument0(HttpServerResponse response, @Nullable Handler<Void> handler) {
            Served served = Served.of(response);
            return served == null ? handler : served.besideLost(handler);
        }
    }
}
