package dev.weir.instrumentation.undertow;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.undertow.UndertowOptions;
import io.undertow.io.IoCallback;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;

/**
 * Undertow's server: a request from its root handler to the end of its exchange, on whatever threads it is dispatched to.
 * A servlet that is deployed in it belongs to the request that is followed here.
 */
public final class UndertowInstrumentation implements Instrumentation {

    private static final String EXCHANGE = "io.undertow.server.HttpServerExchange";
    private static final String CALLBACK = "io.undertow.io.IoCallback";

    @Override
    public String name() {
        return "undertow";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("io.undertow.server.Connectors")
                .exactly("executeRootHandler", "Serve", "io.undertow.server.HttpHandler", EXCHANGE);
        weaving.type(EXCHANGE).exactly("dispatch", "Dispatch", "java.util.concurrent.Executor", "java.lang.Runnable");
        weaving.type("io.undertow.io.AsyncSenderImpl")
                .exactly("send", "Send", "java.nio.ByteBuffer", CALLBACK)
                .exactly("send", "Send", "java.nio.ByteBuffer[]", CALLBACK)
                .exactly("send", "Send", "java.lang.String", CALLBACK)
                .exactly("send", "SendEncoded", "java.lang.String", "java.nio.charset.Charset", CALLBACK)
                .exactly("transferFrom", "Send", "java.nio.channels.FileChannel", CALLBACK);
        weaving.type("io.undertow.servlet.spec.HttpServletRequestImpl").method("<init>", "Servlet", EXCHANGE);
    }

    /** The first handler of a request; one that it was dispatched to; a callback that reads its body. */
    static final class Serve {

        static @Nullable Object enter(HttpHandler handler, HttpServerExchange exchange) {
            Served known = Served.of(exchange);
            if (known != null) return known.enter();
            if (becomesHttp2(exchange) || !Hooks.follows(CallFacts.Kind.HTTP_SERVER)) return null;
            Call call = Hooks.begin(ExchangeFacts.of(exchange));
            return call == null || call instanceof Call.Denied ? call : Served.begin(exchange, call);
        }

        static HttpHandler argument0(@Nullable Object token, HttpHandler handler) {
            return token instanceof Call.Denied denied ? new RefusingHandler(denied) : handler;
        }

        static void exit(@Nullable Object token) {
            if (token instanceof Served served) served.returned();
            else if (token instanceof Served.Entered entered) entered.exit();
        }

        /** Whether the exchange ends with 101, and its request comes again as the first stream of HTTP/2. */
        private static boolean becomesHttp2(HttpServerExchange exchange) {
            HeaderMap headers = exchange.getRequestHeaders();
            if (!"h2c".equals(headers.getFirst(Headers.UPGRADE)) || !headers.contains("HTTP2-Settings")) return false;
            OptionMap options = exchange.getConnection().getUndertowOptions();
            // The stream has the same headers.
            if (!(exchange.getConnection() instanceof HttpServerConnection)) return false;
            if (!options.get(UndertowOptions.ENABLE_HTTP2, false)) return false;
            // A longer body is not kept, and the request goes on as it is.
            return exchange.getRequestContentLength()
                    <= options.get(
                            UndertowOptions.MAX_BUFFERED_REQUEST_SIZE,
                            UndertowOptions.DEFAULT_MAX_BUFFERED_REQUEST_SIZE);
        }
    }

    /** The request goes on elsewhere; every form of this is made of this one. */
    static final class Dispatch {

        static @Nullable Runnable argument1(Object exchange, @Nullable Object executor, @Nullable Runnable task) {
            return InContext.of(task);
        }
    }

    static final class Send {

        static @Nullable IoCallback argument1(Object sender, @Nullable Object what, @Nullable IoCallback callback) {
            return CalledInContext.of(callback);
        }
    }

    static final class SendEncoded {

        static @Nullable IoCallback argument2(
                Object sender, @Nullable Object what, @Nullable Object charset, @Nullable IoCallback callback) {
            return CalledInContext.of(callback);
        }
    }

    /** Tells the adapter of servlets that this request is followed. */
    static final class Servlet {

        static void exit(Object request, HttpServerExchange exchange) {
            Served served = Served.of(exchange);
            if (served != null) Attachments.attach(request, served.call());
        }
    }
}
