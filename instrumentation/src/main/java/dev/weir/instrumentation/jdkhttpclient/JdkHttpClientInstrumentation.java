package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** {@code java.net.http.HttpClient}: blocking and asynchronous calls, and the repetitions it makes by itself. */
public final class JdkHttpClientInstrumentation implements Instrumentation {

    private static final String REQUEST = "java.net.http.HttpRequest";

    @Override
    public String name() {
        return "jdk-http-client";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("jdk.internal.net.http.HttpClientImpl")
                .method("send", "Send", REQUEST)
                // The private one with the executor, where both public ones end up.
                .method(
                        "sendAsync",
                        "SendAsync",
                        REQUEST,
                        "java.net.http.HttpResponse$BodyHandler",
                        "java.net.http.HttpResponse$PushPromiseHandler",
                        "java.util.concurrent.Executor");
        weaving.type("jdk.internal.net.http.MultiExchange")
                .method("<init>", "Exchange", REQUEST)
                .method("retryOnFailure", "Retry", "java.lang.Throwable")
                .exactly("responseAsyncImpl", "Attempt");
    }

    static final class Send {

        static @Nullable Call enter(HttpClient client, HttpRequest request) {
            return RequestFacts.begin(request);
        }

        static HttpRequest argument0(@Nullable Call call, HttpClient client, HttpRequest request) {
            RequestFacts facts = RequestFacts.of(call);
            return facts == null ? request : facts.changed(request);
        }

        static HttpResponse.BodyHandler<?> argument1(
                @Nullable Call call, HttpClient client, HttpRequest request, HttpResponse.BodyHandler<?> handler) {
            RequestFacts facts = RequestFacts.of(call);
            return facts == null ? handler : facts.limited(handler);
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable HttpResponse<?> response, @Nullable Throwable thrown) {
            if (call instanceof Call.Denied denied) return denial(denied);
            RequestFacts.end(call, response, thrown);
            return null;
        }
    }

    static final class SendAsync {

        static @Nullable Call enter(HttpClient client, HttpRequest request) {
            return RequestFacts.begin(request);
        }

        static HttpRequest argument0(@Nullable Call call, HttpClient client, HttpRequest request) {
            return Send.argument0(call, client, request);
        }

        static HttpResponse.BodyHandler<?> argument1(
                @Nullable Call call, HttpClient client, HttpRequest request, HttpResponse.BodyHandler<?> handler) {
            return Send.argument1(call, client, request, handler);
        }

        static @Nullable CompletableFuture<?> exit(
                @Nullable Call call, @Nullable CompletableFuture<?> future, @Nullable Throwable thrown) {
            if (call instanceof Call.Denied denied) return CompletableFuture.failedFuture(denial(denied));
            if (call == null) return future;
            Hooks.leave(call);
            if (future == null) {
                Hooks.end(call, 0, thrown);
                return null;
            }
            return EndedFuture.of(call, future);
        }
    }

    /** Remembers which call an exchange belongs to; its attempts run on other threads. */
    static final class Exchange {

        static final int MOST = 1 << 16;
        static final WeakIdentityMap<Call> OPEN = new WeakIdentityMap<>(MOST);

        static void exit(Object exchange) {
            Call call = Hooks.open();
            if (call != null && RequestFacts.of(call) != null) OPEN.put(exchange, call);
        }
    }

    static final class Retry {

        static void exit(boolean willRetry, @Nullable Throwable thrown, Object exchange) {
            RequestFacts facts = willRetry ? RequestFacts.of(Exchange.OPEN.get(exchange)) : null;
            if (facts != null) facts.retrying(true);
        }
    }

    static final class Attempt {

        static @Nullable Call enter(Object exchange) {
            Call call = Exchange.OPEN.get(exchange);
            RequestFacts facts = RequestFacts.of(call);
            if (facts == null || !facts.retrying()) return null;
            facts.retrying(false);
            return Hooks.resent(call);
        }

        static @Nullable CompletableFuture<?> exit(@Nullable Call call, @Nullable CompletableFuture<?> future) {
            return call instanceof Call.Denied denied ? CompletableFuture.failedFuture(denial(denied)) : future;
        }
    }

    private static IOException denial(Call.Denied denied) {
        return denied.timeout() ? new HttpTimeoutException(denied.message()) : new IOException(denied.message());
    }
}
