package dev.weir.instrumentation.jettyclient;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.shared.Refused;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpExchange;
import org.jspecify.annotations.Nullable;

/**
 * Jetty HttpClient 12, blocking and asynchronous, over HTTP/1.1 and HTTP/2.
 *
 * <p>A call is one exchange, from the queue of its destination to the moment at which Jetty tells that it is complete. A
 * redirect and the answer to a challenge are exchanges of their own. Jetty queues an exchange again only when nothing of
 * it was written.
 */
public final class JettyClientInstrumentation implements Instrumentation {

    private static final String TRANSPORT = "org.eclipse.jetty.client.transport.";
    private static final String RESPONSE = "org.eclipse.jetty.client.Response";

    @Override
    public String name() {
        return "jetty-client";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(TRANSPORT + "HttpRequest").exactly("send", "Blocking");
        weaving.type(TRANSPORT + "HttpDestination").exactly("send", "Exchange", TRANSPORT + "HttpExchange");
        weaving.type(TRANSPORT + "ResponseListeners")
                .exactly("notifyBegin", "Notified", RESPONSE)
                .exactly("notifyHeaders", "Notified", RESPONSE)
                .exactly("notifyContentSource", "Notified", RESPONSE, "org.eclipse.jetty.io.Content$Source")
                .exactly("notifySuccess", "Notified", RESPONSE)
                .exactly("notifyFailure", "Notified", RESPONSE, "java.lang.Throwable")
                .exactly("notifyComplete", "Completed", "org.eclipse.jetty.client.Result");
        weaving.type(TRANSPORT + "HttpReceiver$ContentSource").exactly("demand", "Demand", "java.lang.Runnable");
    }

    /** The blocking form is made of the asynchronous one: the thread that sends will wait. */
    static final class Blocking {

        static final ThreadLocal<@Nullable Object> SENDING = new ThreadLocal<>();

        static void enter(Object request) {
            SENDING.set(request);
        }

        static void exit() {
            SENDING.remove();
        }
    }

    static final class Exchange {

        static @Nullable Call enter(Object destination, HttpExchange exchange) {
            Request request = exchange.getRequest();
            // The same exchange comes again when its connection was closed before anything was written.
            RequestFacts known = RequestFacts.of(request);
            if ((known != null && !known.isOver()) || !Hooks.follows(CallFacts.Kind.HTTP_CLIENT)) return null;
            boolean waits = Blocking.SENDING.get() == request;
            return new RequestFacts(request, waits).begin();
        }

        static void exit(@Nullable Call call, @Nullable Throwable thrown, Object destination, HttpExchange exchange) {
            if (call instanceof Call.Denied denied) {
                // Tells the listeners, as for an exchange that finds no place in the queue.
                exchange.getRequest().abort(Refused.inFuture(denied));
            } else if (thrown != null) {
                RequestFacts facts = RequestFacts.of(exchange.getRequest());
                if (facts != null) facts.end(null, thrown);
            }
        }
    }

    /** Whoever listens runs inside what caused the request. */
    static final class Notified {

        static @Nullable Entered enter(Object listeners, Response response) {
            return enterCause(RequestFacts.of(response.getRequest()));
        }

        static void exit(@Nullable Entered entered) {
            if (entered != null) entered.exit();
        }
    }

    /** Listeners that act on the end of a call act on one that has ended. */
    static final class Completed {

        static @Nullable Entered enter(Object listeners, Result result) {
            RequestFacts facts = RequestFacts.of(result.getRequest());
            if (facts != null) facts.end(result.getResponse(), result.getFailure());
            return enterCause(facts);
        }

        static void exit(@Nullable Entered entered) {
            if (entered != null) entered.exit();
        }
    }

    /** Who asks for more of the body is called when there is more. */
    static final class Demand {

        static @Nullable Runnable argument0(Object source, @Nullable Runnable callback) {
            Object context = callback == null || callback instanceof TaskInContext ? null : Hooks.capture();
            return context == null || callback == null ? callback : new TaskInContext(context, callback);
        }
    }

    private static @Nullable Entered enterCause(@Nullable RequestFacts facts) {
        Object cause = facts == null ? null : facts.cause();
        return cause == null ? null : new Entered(cause);
    }
}
