package dev.weir.instrumentation.okhttp;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.shared.Refused;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.net.ProtocolException;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * OkHttp, blocking and asynchronous.
 *
 * <p>A call begins below the application's interceptors, because some of those repeat ({@code google-genai} does): each of
 * their repetitions is an attempt. What OkHttp repeats by itself below that is counted where it writes the request.
 */
public final class OkHttpInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "okhttp";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("okhttp3.internal.http.RetryAndFollowUpInterceptor")
                .method("intercept", "Exchange", "okhttp3.Interceptor$Chain")
                .method("followUpRequest", "FollowUp", "okhttp3.Response");
        weaving.type("okhttp3.internal.connection.Exchange")
                .exactly("writeRequestHeaders", "WireAttempt", "okhttp3.Request")
                .exactly("openResponseBody", "Body", "okhttp3.Response");
        weaving.type("okhttp3.internal.http1.Http1ExchangeCodec")
                .exactly("writeRequest", "Head", "okhttp3.Headers", "java.lang.String");
        weaving.type("okhttp3.internal.http2.Http2ExchangeCodec")
                .exactly("writeRequestHeaders", "Http2Head", "okhttp3.Request");
        // 4 and 5; then 3.
        weaving.type("okhttp3.internal.connection.RealCall$AsyncCall")
                .method("<init>", "Enqueued")
                .exactly("run", "Dispatched");
        weaving.type("okhttp3.RealCall$AsyncCall").method("<init>", "Enqueued").exactly("execute", "Dispatched");
    }

    static final class Exchange {

        static @Nullable Call enter(Object interceptor, Interceptor.Chain chain) {
            return new RequestFacts(chain).begin();
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Response response, @Nullable Throwable thrown) {
            if (call instanceof Call.Denied denied) return Refused.onSocket(denied);
            RequestFacts facts = RequestFacts.of(call);
            return facts == null ? null : facts.end(response, thrown);
        }
    }

    static final class Body {

        static @Nullable ResponseBody exit(@Nullable ResponseBody body) {
            RequestFacts facts = RequestFacts.of(Hooks.open());
            return body == null || facts == null || !facts.limit().isRunning()
                    ? body
                    : new LimitedBody(body, facts.limit());
        }
    }

    /** A redirect or a challenge makes the next call. */
    static final class FollowUp {

        static @Nullable Throwable exit(
                @Nullable Request followUp, @Nullable Throwable thrown, Object interceptor, Response response) {
            RequestFacts facts = RequestFacts.of(Hooks.open());
            return facts == null || followUp == null ? null : facts.followUp(response, followUp);
        }
    }

    static final class WireAttempt {

        static @Nullable Call enter(Object exchange, Request request) {
            Call call = Hooks.open();
            RequestFacts facts = RequestFacts.of(call);
            return facts != null && facts.writesAgain() ? Hooks.resent(call) : null;
        }

        // What OkHttp takes for a breach of protocol it does not try on the next route.
        static @Nullable Throwable exit(@Nullable Call call) {
            return call instanceof Call.Denied denied ? new ProtocolException(denied.message()) : null;
        }
    }

    static final class Head {

        static Headers argument0(Object codec, Headers headers) {
            return RequestFacts.onWire(headers);
        }
    }

    static final class Http2Head {

        static Request argument0(Object codec, Request request) {
            Headers headers = RequestFacts.onWire(request.headers());
            return headers == request.headers()
                    ? request
                    : request.newBuilder().headers(headers).build();
        }
    }

    static final class Enqueued {

        // Calls that wait for their turn; OkHttp itself keeps no more of them than memory holds.
        static final WeakIdentityMap<Object> CONTEXTS = new WeakIdentityMap<>(65_536);

        static void exit(Object asyncCall) {
            Object context = Hooks.capture();
            if (context != null) CONTEXTS.put(asyncCall, context);
        }
    }

    /** The dispatcher may start a call from the thread on which another one ends. */
    static final class Dispatched {

        static Entered enter(Object asyncCall) {
            return new Entered(Enqueued.CONTEXTS.remove(asyncCall));
        }

        static void exit(@Nullable Entered entered) {
            if (entered != null) entered.exit();
        }
    }
}
