package dev.weir.instrumentation.helidon;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Helidon 4's web server: a request from its first filter until its reply is written. All of that is on the one virtual
 * thread that serves it.
 */
public final class HelidonWebServerInstrumentation implements Instrumentation {

    private static final String HTTP = "io.helidon.webserver.http.";
    private static final String CONTEXT = "io.helidon.webserver.ConnectionContext";
    private static final String REQUEST = HTTP + "RoutingRequest";
    private static final String RESPONSE = HTTP + "RoutingResponse";

    @Override
    public String name() {
        return "helidon-webserver";
    }

    @Override
    public void weave(Weaving weaving) {
        // An interface since 4.3.
        for (String routing : new String[] {"HttpRouting", "HttpRoutingImpl"}) {
            weaving.type(HTTP + routing).exactly("route", "Route", CONTEXT, REQUEST, RESPONSE);
        }
        weaving.type(HTTP + "ErrorHandlers")
                .exactly("runWithErrorHandling", "Handle", CONTEXT, REQUEST, RESPONSE, "java.util.concurrent.Callable");
        weaving.type("io.helidon.webserver.http1.Http1ServerResponse")
                .method("nonEntityBytes", "Head", "io.helidon.http.ServerResponseHeaders");
        String http2 = "io.helidon.webserver.http2.Http2ServerResponse";
        weaving.type(http2).method("send", "Head", "byte[]").fieldForReceiver("headers");
        weaving.type(http2 + "$BlockingOutputStream")
                .method("sendFirstChunkOnly", "Head")
                .fieldForReceiver("headers")
                .exactly("sendHeadersAndPrepare", "Head")
                .fieldForReceiver("headers");
    }

    /** From the first filter to the end of the reply. */
    static final class Route {

        static @Nullable Call enter(Object routing, Object connection, Object request, Object response)
                throws Throwable {
            if (!Hooks.follows(CallFacts.Kind.HTTP_SERVER)) return null;
            Call call = Hooks.begin(RequestFacts.of(request, response));
            if (call != null && !(call instanceof Call.Denied)) {
                Attachments.attach(HelidonHttp.responseHeaders(response), call);
            }
            return call;
        }

        static void exit(
                @Nullable Call call,
                @Nullable Throwable thrown,
                Object routing,
                Object connection,
                Object request,
                Object response)
                throws Throwable {
            if (call instanceof Call.Denied denied) {
                byte[] message = (denied.message() + "\n").getBytes(StandardCharsets.UTF_8);
                HelidonHttp.send(response, denied.timeout() ? 504 : 503, message);
            } else if (call != null && call.facts() instanceof RequestFacts facts) {
                facts.replied();
                Attachments.detach(HelidonHttp.responseHeaders(response));
                int status = thrown == null ? HelidonHttp.status(response) : 0;
                Hooks.end(call, status, thrown != null ? thrown : status >= 500 ? facts.thrown() : null);
            }
        }
    }

    /** A filter, or what routes to handlers: what these throw ends here, as an answer. */
    static final class Handle {

        static Callable<?> argument3(
                Object handlers, Object connection, Object request, Object response, Callable<?> handler)
                throws Throwable {
            Call call = Attachments.of(HelidonHttp.responseHeaders(response));
            if (call == null || !(call.facts() instanceof RequestFacts facts)) return handler;
            return () -> {
                try {
                    return handler.call();
                } catch (Throwable t) {
                    facts.thrown(t);
                    throw t;
                }
            };
        }
    }

    /** The head of a reply is written. */
    static final class Head {

        static @Nullable RequestFacts enter(Object headers) {
            Call call = Attachments.of(headers);
            if (call == null || !(call.facts() instanceof RequestFacts facts)) return null;
            Hooks.replying(call);
            return facts;
        }

        static void exit(@Nullable RequestFacts facts) {
            if (facts != null) facts.replied();
        }
    }
}
