package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of one {@link HttpRequest} of the application. */
final class RequestFacts extends OutgoingFacts {

    private final HttpRequest request;
    private final boolean waits;
    /** Of a web socket: a request of an internal class. */
    private final boolean handshake;

    private long limitMillis;

    /** {@code null} before the client has begun an exchange. */
    volatile @Nullable Attempts attempts;

    /** @param waits whether the calling thread waits for the response */
    RequestFacts(HttpRequest request, boolean waits) {
        super(request);
        this.request = request;
        this.waits = waits;
        this.handshake = request.getClass().getName().equals("jdk.internal.net.http.HttpRequestImpl");
    }

    static @Nullable RequestFacts of(@Nullable Call call) {
        return call != null && call.facts() instanceof RequestFacts facts ? facts : null;
    }

    @Override
    HttpHeaders own() {
        return request.headers();
    }

    @Override
    Optional<HttpRequest.BodyPublisher> body() {
        return request.bodyPublisher();
    }

    @SuppressWarnings("ReferenceEquality") // The application may send two requests that are equal.
    boolean isOf(HttpRequest application) {
        return request == application;
    }

    static void end(@Nullable Call call, @Nullable HttpResponse<?> response, @Nullable Throwable thrown) {
        RequestFacts facts = of(call);
        if (facts != null) {
            facts.answered(response);
            Attempts known = facts.attempts;
            if (known != null) {
                // A redirect has ended the call already, on another thread.
                Hooks.leave(call);
                known.end(response, thrown);
            }
        }
        Hooks.end(call, response == null ? 0 : response.statusCode(), thrown);
    }

    @Override
    public boolean waits() {
        return waits;
    }

    @Override
    public long callerTimeoutMillis() {
        Optional<Duration> timeout = request.timeout();
        return timeout.isPresent() ? Math.max(1, timeout.get().toMillis()) : 0;
    }

    @Override
    public boolean limit(long millis) {
        if (handshake) return false;
        limitMillis = millis;
        return super.limit(millis);
    }

    @Override
    public boolean setHeader(String name, String value) {
        return !handshake && super.setHeader(name, value);
    }

    HttpResponse.BodyHandler<?> limited(HttpResponse.BodyHandler<?> handler) {
        return limitMillis == 0 ? handler : LimitedBody.handler(handler, limitMillis);
    }
}
