package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** {@code java.net.http.HttpClient}: blocking and asynchronous calls, and what it repeats or follows by itself. */
public final class JdkHttpClientInstrumentation implements Instrumentation {

    private static final String REQUEST = "java.net.http.HttpRequest";
    /** A request as the client sends it: one for each hop of a redirect. */
    private static final String ON_WIRE = "jdk.internal.net.http.HttpRequestImpl";

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
                .method("<init>", "Exchange", REQUEST, ON_WIRE)
                .exactly("responseAsyncImpl", "Attempt")
                .method("retryOnFailure", "Retry", "java.lang.Throwable");
        weaving.type("jdk.internal.net.http.RedirectFilter").exactly("isRedirecting", "Redirecting", "int");
        weaving.type(ON_WIRE)
                .method("newInstanceForRedirection", "Redirect", "java.net.URI", "java.lang.String", ON_WIRE)
                .exactly("newInstanceForAuthentication", "Challenge", ON_WIRE)
                .exactly("getUserHeaders", "Headers")
                .exactly("headers", "Headers")
                .exactly("timeout", "Timeout");
    }

    static final class Send {

        static @Nullable Call enter(HttpClient client, @Nullable HttpRequest request) {
            return begin(client, request, true);
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

        static @Nullable Call enter(HttpClient client, @Nullable HttpRequest request) {
            return begin(client, request, false);
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
        static final WeakIdentityMap<Attempts> OPEN = new WeakIdentityMap<>(MOST);

        static void exit(Object exchange, HttpRequest request, HttpRequest onWire) {
            Call call = Hooks.open();
            RequestFacts facts = RequestFacts.of(call);
            if (facts != null && call != null) OPEN.put(exchange, Attempts.of(call, facts, onWire));
        }
    }

    static final class Attempt {

        static @Nullable Call enter(Object exchange) {
            Attempts attempts = Exchange.OPEN.get(exchange);
            return attempts == null ? null : attempts.next();
        }

        static @Nullable CompletableFuture<?> exit(@Nullable Call call, @Nullable CompletableFuture<?> future) {
            return call instanceof Call.Denied denied ? CompletableFuture.failedFuture(denial(denied)) : future;
        }
    }

    static final class Retry {

        static void exit(boolean retries, @Nullable Throwable thrown, Object exchange, @Nullable Throwable cause) {
            Attempts attempts = retries && cause instanceof ConnectException ? Exchange.OPEN.get(exchange) : null;
            if (attempts != null) attempts.notConnected();
        }
    }

    // ---- what the client does by itself with a reply

    static final class Redirecting {

        static void enter(int status) {
            Attempts.replied(status);
        }
    }

    static final class Redirect {

        static void exit(
                @Nullable HttpRequest next, @Nullable Throwable thrown, URI to, String method, HttpRequest before) {
            if (next != null) Attempts.redirected(before, next);
        }
    }

    static final class Challenge {

        static void exit(@Nullable HttpRequest next, @Nullable Throwable thrown, HttpRequest before) {
            if (next != null) Attempts.challenged(before, next);
        }
    }

    static final class Headers {

        static @Nullable HttpHeaders exit(@Nullable HttpHeaders own, @Nullable Throwable thrown, HttpRequest request) {
            return own == null ? null : Attempts.headers(request, own);
        }
    }

    static final class Timeout {

        static @Nullable Optional<Duration> exit(
                @Nullable Optional<Duration> own, @Nullable Throwable thrown, HttpRequest request) {
            return own == null ? null : Attempts.timeout(request, own);
        }
    }

    private static @Nullable Call begin(HttpClient client, @Nullable HttpRequest request, boolean waits) {
        // Without either the client itself says what is wrong.
        if (request == null || request.uri() == null) return null;
        // A blocking call is made of an asynchronous one, which is its inner half.
        if (!Hooks.follows(CallFacts.Kind.HTTP_CLIENT)) return null;
        return Hooks.begin(new RequestFacts(client, request, waits));
    }

    private static IOException denial(Call.Denied denied) {
        return denied.timeout() ? new HttpTimeoutException(denied.message()) : new IOException(denied.message());
    }
}
