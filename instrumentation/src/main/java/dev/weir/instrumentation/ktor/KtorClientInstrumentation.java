package dev.weir.instrumentation.ktor;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.shared.Refused;
import dev.weir.instrumentation.shared.coroutines.Outcome;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.ktor.client.request.HttpRequestBuilder;
import io.ktor.client.request.HttpRequestData;
import io.ktor.client.request.HttpResponseData;
import kotlin.coroutines.Continuation;
import org.jspecify.annotations.Nullable;

/**
 * The Ktor client on its JVM engines.
 *
 * <p>Ktor's own engine, CIO, and those that drive Jetty's HTTP/2 client frame by frame are followed here: a call is a
 * request that they are given, and they repeat none by themselves. The other engines hand requests to
 * libraries that have adapters of their own, which have to learn what caused a request: engines run on threads that do
 * not know.
 *
 * <p>A suspending function is entered again, without its arguments, each time that it is resumed.
 */
public final class KtorClientInstrumentation implements Instrumentation {

    private static final String ENGINE = "io.ktor.client.engine.";
    private static final String DATA = "io.ktor.client.request.HttpRequestData";
    private static final String CONTINUATION = "kotlin.coroutines.Continuation";

    @Override
    public String name() {
        return "ktor-client";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("io.ktor.client.HttpClient")
                .exactly(
                        "execute$ktor_client_core",
                        "Caused",
                        "io.ktor.client.request.HttpRequestBuilder",
                        CONTINUATION);
        weaving.type("io.ktor.client.statement.HttpStatement").exactly("execute", "Awaited", CONTINUATION);
        for (String engine :
                new String[] {"cio.CIOEngine", "jetty.JettyHttp2Engine", "jetty.jakarta.JettyHttp2Engine"}) {
            weaving.type(ENGINE + engine).exactly("execute", "Exchange", DATA, CONTINUATION);
        }
        for (String engine : new String[] {
            "okhttp.OkHttpEngine", "apache.ApacheEngine", "apache5.Apache5Engine", "java.JavaHttpEngine"
        }) {
            weaving.type(ENGINE + engine).exactly("execute", "Delegated", DATA, CONTINUATION);
        }
    }

    /** The application asks for a request. */
    static final class Caused {

        static @Nullable Object enter(Object client, @Nullable HttpRequestBuilder request) {
            return request == null ? null : Cause.remember(request.getAttributes());
        }

        static Continuation<Object> argument1(
                @Nullable Object cause,
                Object client,
                @Nullable HttpRequestBuilder request,
                Continuation<Object> continuation) {
            return cause == null ? continuation : new ResumedInContext(continuation, cause);
        }
    }

    /** The application waits for an answer with its whole body. */
    static final class Awaited {

        static Continuation<Object> argument0(Object statement, Continuation<Object> continuation) {
            Object cause = Hooks.capture();
            return cause == null ? continuation : new ResumedInContext(continuation, cause);
        }
    }

    static final class Exchange {

        static @Nullable Call enter(Object engine, @Nullable HttpRequestData request) {
            return request == null ? null : new RequestFacts(request).begin();
        }

        static @Nullable HttpRequestData argument0(
                @Nullable Call call, Object engine, @Nullable HttpRequestData request) {
            RequestFacts facts = RequestFacts.of(call);
            return facts == null ? request : facts.changed();
        }

        static Continuation<Object> argument1(
                @Nullable Call call,
                Object engine,
                @Nullable HttpRequestData request,
                Continuation<Object> continuation) {
            RequestFacts facts = RequestFacts.of(call);
            return facts == null ? continuation : new FollowedContinuation(continuation, facts);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
            if (call instanceof Call.Denied denied) return Refused.onSocket(denied);
            RequestFacts facts = RequestFacts.of(call);
            if (facts == null) return null;
            if (thrown == null && Outcome.isSuspended(result)) {
                facts.handedOn();
                return null;
            }
            return facts.end(result instanceof HttpResponseData response ? response : null, thrown);
        }
    }

    /** The engine hands a request to a library that is followed by itself. */
    static final class Delegated {

        static @Nullable Entered enter(Object engine, @Nullable HttpRequestData request) {
            Object cause = request == null ? null : Cause.of(request.getAttributes());
            return cause == null ? null : new Entered(cause);
        }

        static void exit(@Nullable Entered entered) {
            if (entered != null) entered.exit();
        }
    }
}
