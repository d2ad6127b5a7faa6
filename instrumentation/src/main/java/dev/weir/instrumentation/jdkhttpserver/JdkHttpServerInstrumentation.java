package dev.weir.instrumentation.jdkhttpserver;

import com.sun.net.httpserver.HttpExchange;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code com.sun.net.httpserver}: a request from its first filter to the end of its reply. */
public final class JdkHttpServerInstrumentation implements Instrumentation {

    private static final String SERVER = "sun.net.httpserver.";
    private static final String EXCHANGE = "sun.net.httpserver.ExchangeImpl";

    @Override
    public String name() {
        return "jdk-http-server";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("com.sun.net.httpserver.Filter$Chain")
                .exactly("doFilter", "Serve", "com.sun.net.httpserver.HttpExchange");
        for (String exchange : new String[] {"HttpExchangeImpl", "HttpsExchangeImpl"}) {
            weaving.type(SERVER + exchange)
                    .exactly("sendResponseHeaders", "SendHead", "int", "long")
                    .exactly("close", "Close");
        }
        weaving.type(SERVER + "FixedLengthOutputStream")
                .exactly("<init>", "OpenBody", EXCHANGE, "java.io.OutputStream", "long")
                .exactly("close", "CloseBody");
        for (String stream : new String[] {"ChunkedOutputStream", "UndefLengthOutputStream"}) {
            weaving.type(SERVER + stream)
                    .exactly("<init>", "OpenBody", EXCHANGE, "java.io.OutputStream")
                    .exactly("close", "CloseBody");
        }
    }

    /** The chain calls itself for each filter, and once more for the handler. */
    static final class Serve {

        static @Nullable Call enter(Object chain, HttpExchange exchange) {
            // An exchange that a filter has wrapped, or that another server made, is not the beginning.
            if (!exchange.getClass().getName().startsWith(SERVER) || Served.knows(exchange)) return null;
            if (!Hooks.follows(CallFacts.Kind.HTTP_SERVER)) return null;
            Call call = Hooks.begin(ExchangeFacts.of(exchange));
            Served.add(exchange, call instanceof Call.Denied ? null : call);
            return call;
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable Throwable thrown, Object chain, HttpExchange exchange) {
            if (call == null) return null;
            if (call instanceof Call.Denied denied) return refuse(exchange, denied);
            Served served = Served.of(exchange);
            if (served != null) served.returned(thrown);
            return null;
        }

        private static @Nullable IOException refuse(HttpExchange exchange, Call.Denied denied) {
            byte[] message = (denied.message() + "\n").getBytes(StandardCharsets.UTF_8);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
                exchange.sendResponseHeaders(denied.timeout() ? 504 : 503, head ? -1 : message.length);
                if (!head) exchange.getResponseBody().write(message);
                return null;
            } catch (IOException e) {
                return e;
            }
        }
    }

    static final class SendHead {

        static @Nullable Served enter(HttpExchange exchange, int status) {
            Served served = Served.of(exchange);
            // A second head is refused by the server.
            if (served == null || exchange.getResponseCode() != -1) return null;
            served.sending(status);
            return served;
        }

        static void exit(@Nullable Served served, @Nullable Throwable thrown) {
            if (served != null) served.sent(thrown);
        }
    }

    static final class Close {

        static void exit(@Nullable Throwable thrown, HttpExchange exchange) {
            Served served = Served.of(exchange);
            if (served != null) served.replied();
        }
    }

    static final class OpenBody {

        static void exit(OutputStream stream) {
            Served.body(stream);
        }
    }

    static final class CloseBody {

        static void exit(@Nullable Throwable thrown, OutputStream stream) {
            Served.bodyClosed(stream);
        }
    }
}
