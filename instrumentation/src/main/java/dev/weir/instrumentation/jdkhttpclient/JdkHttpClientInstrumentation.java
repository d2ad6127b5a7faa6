package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
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
                .fieldForReceiver("currentreq")
                .method("retryOnFailure", "Retry", "java.lang.Throwable")
                .fieldForReceiver("currentreq");
        weaving.type("jdk.internal.net.http.RedirectFilter").exactly("isRedirecting", "Redirecting", "int");
        weaving.type(ON_WIRE)
                .method("newInstanceForRedirection", "Redirect", "java.net.URI", "java.lang.String", ON_WIRE)
                .exactly("newInstanceForAuthentication", "Challenge", ON_WIRE)
                .exactly("timeout", "Timeout");
        weaving.type("jdk.internal.net.http.Http1Request")
                .exactly("collectHeaders0", "Head", "java.lang.StringBuilder")
                .fieldForReceiver("request");
        weaving.type("jdk.internal.net.http.Stream")
                .exactly("filterHeaders", "Http2Headers", "java.net.http.HttpHeaders")
                .fieldForReceiver("request");
    }

    static final class Send {

        static @Nullable Call enter(HttpClient client, @Nullable HttpRequest request) {
            return begin(request, true);
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
            return begin(request, false);
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

        static void exit(Object exchange, @Nullable HttpRequest request, HttpRequest onWire) {
            // The tunnel through a proxy is an exchange without a request.
            if (request == null) return;
            Call call = Hooks.open();
            RequestFacts facts = RequestFacts.of(call);
            // What an authenticator or a proxy selector asks for meanwhile is another request.
            if (facts != null && call != null && facts.isOf(request)) Attempts.begin(call, facts, onWire);
        }
    }

    static final class Attempt {

        static @Nullable Call enter(@Nullable HttpRequest onWire) {
            Attempts attempts = Attempts.of(onWire);
            return attempts == null ? null : attempts.next();
        }

        static @Nullable CompletableFuture<?> exit(@Nullable Call call, @Nullable CompletableFuture<?> future) {
            return call instanceof Call.Denied denied ? CompletableFuture.failedFuture(denial(denied)) : future;
        }
    }

    static final class Retry {

        static void exit(
                boolean retries, @Nullable Throwable thrown, @Nullable HttpRequest onWire, @Nullable Throwable cause) {
            Attempts attempts = retries && cause instanceof ConnectException ? Attempts.of(onWire) : null;
            if (attempts != null) attempts.notConnected();
        }
    }

    // ---- what goes on the wire

    static final class Head {

        static @Nullable OutgoingFacts enter(HttpRequest onWire, StringBuilder head) {
            OutgoingFacts facts = Attempts.facts(onWire);
            if (facts != null) facts.reserve(head);
            return facts;
        }

        static void exit(
                @Nullable OutgoingFacts facts, @Nullable Throwable thrown, HttpRequest onWire, StringBuilder head) {
            if (facts != null && thrown == null) facts.write(head);
        }
    }

    static final class Http2Headers {

        @SuppressWarnings("ReferenceEquality") // Which of them these are, and not what is in them.
        static @Nullable HttpHeaders exit(
                @Nullable HttpHeaders filtered, @Nullable Throwable thrown, HttpRequest onWire, HttpHeaders headers) {
            // The client's own headers pass through here too.
            OutgoingFacts facts = headers == onWire.headers() ? Attempts.facts(onWire) : null;
            return facts == null || filtered == null ? filtered : facts.with(filtered);
        }
    }

    static final class Timeout {

        @SuppressWarnings("NullableOptional") // There is none when the method has thrown.
        static @Nullable Optional<Duration> exit(
                @Nullable Optional<Duration> own, @Nullable Throwable thrown, HttpRequest onWire) {
            OutgoingFacts facts = own == null ? null : Attempts.facts(onWire);
            return facts == null || own == null ? own : facts.timeLeft(own);
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

    private static @Nullable Call begin(@Nullable HttpRequest request, boolean waits) {
        // Without either the client itself says what is wrong.
        if (request == null || request.uri() == null) return null;
        // A blocking call is made of an asynchronous one, which is its inner half.
        if (!Hooks.follows(CallFacts.Kind.HTTP_CLIENT)) return null;
        return Hooks.begin(new RequestFacts(request, waits));
    }

    private static IOException denial(Call.Denied denied) {
        return denied.timeout() ? new HttpTimeoutException(denied.message()) : new IOException(denied.message());
    }
}
