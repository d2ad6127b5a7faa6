package dev.weir.instrumentation.vertx;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP client of Vert.x 4.5 and 5, and what stands on it ({@code WebClient}), HTTP/1.1 and HTTP/2.
 *
 * <p>A call begins when the head of a request is about to be written, and is over with the head of its response; every hop of
 * a redirect is a request of its own. A request that gets no connection is a call that failed.
 */
public final class VertxHttpClientInstrumentation implements Instrumentation {

    private static final String HTTP = "io.vertx.core.http.impl.";
    private static final String THROWABLE = "java.lang.Throwable";

    @Override
    public String name() {
        return "vertx-http-client";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(HTTP + "HttpClientRequestBase")
                .exactly("idleTimeout", "Timeout", "long")
                .exactly("setTimeout", "Timeout", "long");
        weaving.type(HTTP + "HttpClientRequestImpl")
                // 5.1, 5.0, 4.5.
                .exactly("doWrite", "Write", "io.vertx.core.buffer.Buffer", "boolean", "boolean")
                .exactly("doWrite", "Write", "io.netty.buffer.ByteBuf", "boolean", "boolean")
                .exactly(
                        "doWrite",
                        "WriteAndTell",
                        "io.netty.buffer.ByteBuf",
                        "boolean",
                        "boolean",
                        "io.vertx.core.Handler")
                .method("handleResponse", "Answered", "io.vertx.core.Promise", "io.vertx.core.http.HttpClientResponse")
                .exactly("handleException", "Failed", THROWABLE);
        weaving.type(HTTP + "HttpClientResponseImpl")
                // 5.1; 5.0 and 4.5.
                .method("handleTrailers", "Complete")
                .method("handleEnd", "Complete")
                .exactly("handleException", "Complete", THROWABLE);
        // 5; 4.5.
        weaving.type(HTTP + "HttpClientImpl")
                .exactly("request", "Connect", "io.vertx.core.http.RequestOptions")
                .method(
                        "doRequest",
                        "ConnectAndTell",
                        "io.vertx.core.http.RequestOptions",
                        "io.vertx.core.impl.future.PromiseInternal");
    }

    /** The application, or the options of its request, set how long it waits. */
    static final class Timeout {

        static void enter(HttpClientRequest request, long millis) {
            Exchange.of(request).ownTimeout(millis);
        }
    }

    static final class Write {

        static @Nullable Call enter(HttpClientRequest request, @Nullable Object chunk, boolean end, boolean connect) {
            if (connect) return null;
            Exchange known = Exchange.known(request);
            // The head has been written: this is more of the body.
            if (known != null && known.isBegun()) return known.denied();
            if (!Hooks.follows(CallFacts.Kind.HTTP_CLIENT)) return null;
            return Exchange.of(request).begin(request, chunk, end);
        }

        static @Nullable Future<?> exit(
                @Nullable Call call,
                @Nullable Future<?> written,
                @Nullable Throwable thrown,
                HttpClientRequest request) {
            if (call instanceof Call.Denied denied) return Future.failedFuture(Exchange.refuse(request, denied));
            if (call != null && thrown != null) Exchange.of(request).fail(thrown);
            return written;
        }
    }

    /** As in Vert.x 4. */
    static final class WriteAndTell {

        static @Nullable Call enter(HttpClientRequest request, @Nullable Object chunk, boolean end, boolean connect) {
            return Write.enter(request, chunk, end, connect);
        }

        static void exit(
                @Nullable Call call,
                @Nullable Throwable thrown,
                HttpClientRequest request,
                @Nullable Object chunk,
                boolean end,
                boolean connect,
                @Nullable Handler<Object> written) {
            if (call instanceof Call.Denied denied) {
                Throwable denial = Exchange.refuse(request, denied);
                if (written != null) written.handle(Future.failedFuture(denial));
            } else if (call != null && thrown != null) {
                Exchange.of(request).fail(thrown);
            }
        }
    }

    /** The head of the response is there; a redirect is followed from here. */
    static final class Answered {

        static @Nullable Entered enter(HttpClientRequest request, Object promise, HttpClientResponse response) {
            Exchange known = Exchange.known(request);
            return known == null ? null : known.answered(request, response);
        }

        static void exit(@Nullable Entered entered) {
            if (entered != null) entered.exit();
        }
    }

    static final class Failed {

        static @Nullable Exchange enter(HttpClientRequest request, @Nullable Throwable thrown) {
            Exchange known = Exchange.known(request);
            if (known != null) known.fail(thrown);
            return known;
        }

        static @Nullable Throwable argument0(
                @Nullable Exchange known, HttpClientRequest request, @Nullable Throwable thrown) {
            return known == null ? thrown : known.told(thrown);
        }
    }

    /** The response's body is complete, or will never be. */
    static final class Complete {

        static void enter(HttpClientResponse response) {
            Exchange known = Exchange.known(response.request());
            if (known != null) known.complete(response.request());
        }
    }

    static final class Connect {

        static void exit(
                @Nullable Future<HttpClientRequest> future,
                @Nullable Throwable thrown,
                Object client,
                RequestOptions options) {
            if (future != null) UnconnectedFacts.watch(future, options);
        }
    }

    /** As in Vert.x 4. */
    static final class ConnectAndTell {

        static void exit(@Nullable Throwable thrown, Object client, RequestOptions options, Object promise) {
            if (promise instanceof Promise<?> connected) UnconnectedFacts.watch(connected.future(), options);
        }
    }
}
