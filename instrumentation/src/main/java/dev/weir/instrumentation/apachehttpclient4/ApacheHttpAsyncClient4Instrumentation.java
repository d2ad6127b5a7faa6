package dev.weir.instrumentation.apachehttpclient4;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.concurrent.BasicFuture;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;
import org.jspecify.annotations.Nullable;

/**
 * Apache HttpAsyncClient 4.
 *
 * <p>A call begins when its exchange asks for a connection. One exchange follows redirects and answers challenges: each
 * request that it writes after an answer is a call.
 */
public final class ApacheHttpAsyncClient4Instrumentation implements Instrumentation {

    private static final String PACKAGE = "org.apache.http.impl.nio.client.";

    @Override
    public String name() {
        return "apache-http-async-client-4";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(PACKAGE + "AbstractClientExchangeHandler")
                .exactly("setRoute", "Route", "org.apache.http.conn.routing.HttpRoute")
                .exactly("setCurrentRequest", "Request", "org.apache.http.client.methods.HttpRequestWrapper")
                .exactly("requestConnection", "Connect")
                .exactly("close", "Over");
        for (String handler : new String[] {"DefaultClientExchangeHandlerImpl", "MinimalClientExchangeHandlerImpl"}) {
            weaving.type(PACKAGE + handler)
                    .exactly("start", "Start")
                    .exactly("generateRequest", "Write")
                    .method("produceContent", "Inside")
                    .exactly("responseReceived", "Answer", "org.apache.http.HttpResponse")
                    .method("consumeContent", "Inside")
                    .exactly("responseCompleted", "Body")
                    .exactly("executionFailed", "Failure", "java.lang.Exception")
                    .exactly("executionCancelled", "Cancelled");
        }
        weaving.type(PACKAGE + "MinimalClientExchangeHandlerImpl")
                .exactly("executionFailed", "Told", "java.lang.Exception")
                .fieldForReceiver("resultFuture");
    }

    static @Nullable Exchange of(Object handler) {
        return Start.EXCHANGES.get(handler);
    }

    /** The application has asked for a request, on this thread. */
    static final class Start {

        static final WeakIdentityMap<Exchange> EXCHANGES = new WeakIdentityMap<>(65_536);

        static void enter(HttpAsyncClientExchangeHandler handler) {
            EXCHANGES.put(handler, new Exchange(handler));
        }
    }

    static final class Over {

        static void exit(@Nullable Throwable thrown, Object handler) {
            Start.EXCHANGES.remove(handler);
        }
    }

    static final class Route {

        static void enter(Object handler, @Nullable HttpRoute route) {
            Exchange exchange = of(handler);
            if (exchange != null && route != null) exchange.target(route.getTargetHost());
        }
    }

    static final class Request {

        static void enter(Object handler, @Nullable HttpRequestWrapper request) {
            Exchange exchange = of(handler);
            if (exchange != null && request != null) exchange.request(request);
        }
    }

    static final class Connect {

        static @Nullable Call enter(HttpAsyncClientExchangeHandler handler) {
            Exchange exchange = of(handler);
            return exchange == null ? null : exchange.connect();
        }

        static void exit(@Nullable Call call, @Nullable Throwable thrown, HttpAsyncClientExchangeHandler handler) {
            if (call instanceof Call.Denied denied) {
                handler.failed(Exchange.own(ApacheHttpClient4Instrumentation.denial(denied)));
            }
        }
    }

    static final class Write {

        static @Nullable Entered enter(Object handler) {
            return entered(of(handler));
        }

        static @Nullable Throwable exit(
                @Nullable Entered entered, @Nullable HttpRequest request, @Nullable Throwable thrown, Object handler) {
            Exchange exchange = of(handler);
            Call.Denied denied = exchange == null || request == null ? null : exchange.write(request);
            leave(entered);
            return denied == null ? null : Exchange.own(ApacheHttpClient4Instrumentation.denial(denied));
        }
    }

    /** The application's code runs inside what caused the request. */
    static final class Inside {

        static @Nullable Entered enter(Object handler) {
            return entered(of(handler));
        }

        static void exit(@Nullable Entered entered) {
            leave(entered);
        }
    }

    static final class Answer {

        static @Nullable Entered enter(Object handler, HttpResponse response) {
            Exchange exchange = of(handler);
            if (exchange != null) exchange.answered(response);
            return entered(exchange);
        }

        static void exit(@Nullable Entered entered) {
            leave(entered);
        }
    }

    /** The body has come. Here a redirect, or the answer to a challenge, is prepared. */
    static final class Body {

        static @Nullable Entered enter(Object handler) {
            Exchange exchange = of(handler);
            if (exchange != null) exchange.complete();
            return entered(exchange);
        }

        static void exit(@Nullable Entered entered) {
            leave(entered);
        }
    }

    static final class Failure {

        static @Nullable Entered enter(Object handler, @Nullable Exception thrown) {
            Exchange exchange = of(handler);
            return entered(exchange);
        }

        static @Nullable Exception argument0(@Nullable Entered entered, Object handler, @Nullable Exception thrown) {
            Exchange exchange = of(handler);
            return exchange == null ? thrown : exchange.failed(thrown);
        }

        static void exit(@Nullable Entered entered) {
            leave(entered);
        }
    }

    /** A client without a chain tells nobody that an exchange has failed, so what fails because of us is told here. */
    static final class Told {

        static void exit(@Nullable Throwable thrown, BasicFuture<?> future, @Nullable Exception failure) {
            if (failure != null && Exchange.isOwn(failure)) future.failed(failure);
        }
    }

    static final class Cancelled {

        static @Nullable Entered enter(Object handler) {
            Exchange exchange = of(handler);
            if (exchange != null) exchange.cancelled();
            return entered(exchange);
        }

        static void exit(@Nullable Entered entered) {
            leave(entered);
        }
    }

    private static @Nullable Entered entered(@Nullable Exchange exchange) {
        Object cause = exchange == null ? null : exchange.cause();
        return cause == null ? null : new Entered(cause);
    }

    private static void leave(@Nullable Entered entered) {
        if (entered != null) entered.exit();
    }
}
