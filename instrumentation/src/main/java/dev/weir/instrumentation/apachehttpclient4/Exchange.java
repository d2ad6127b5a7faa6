package dev.weir.instrumentation.apachehttpclient4;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.CallLimit;
import dev.weir.instrumentation.shared.OwnCause;
import java.lang.ref.WeakReference;
import java.util.concurrent.CancellationException;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.Configurable;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;
import org.jspecify.annotations.Nullable;

/** An exchange of the asynchronous client, and the call that is its latest. The library calls it on one thread at a time. */
final class Exchange {

    // Why we have ended exchanges.
    private static final WeakIdentityMap<Boolean> OWN = new WeakIdentityMap<>(65_536);

    // Exchanges are known by their handlers, which nothing here may keep.
    private final WeakReference<HttpAsyncClientExchangeHandler> handler;
    private final @Nullable Object cause = Hooks.capture();
    private @Nullable HttpHost target;
    private @Nullable HttpRequestWrapper request;
    private volatile @Nullable Hop hop;

    Exchange(HttpAsyncClientExchangeHandler handler) {
        this.handler = new WeakReference<>(handler);
    }

    /** Notes that it is we who end an exchange with this. */
    static <E extends Exception> E own(E reason) {
        OWN.put(reason, true);
        return reason;
    }

    static boolean isOwn(Exception reason) {
        return OWN.get(reason) != null;
    }

    /** What the request was made in. */
    @Nullable
    Object cause() {
        return cause;
    }

    void target(HttpHost host) {
        target = host;
    }

    void request(HttpRequestWrapper next) {
        request = next;
    }

    /** A connection is wanted. */
    @Nullable
    Call connect() {
        Hop latest = hop;
        return latest == null || latest.answered ? begin() : null;
    }

    private @Nullable Call begin() {
        HttpRequestWrapper next = request;
        if (next == null || isConnect(next)) return null;
        Hop begun = new Hop(next, target);
        Call around = Hooks.open();
        // An interceptor's call, which is no part of the one around it.
        OwnCause place = around != null && around.facts() instanceof MessageFacts ? OwnCause.apart() : OwnCause.NONE;
        try {
            Call call = Hooks.begin(begun);
            hop = begun;
            if (call == null || call instanceof Call.Denied) {
                begun.answered = true;
                return call;
            }
            begun.call = call;
            if (begun.limit().isSet()) begun.limit().start(this::expire);
            Hooks.leave(call);
            return call;
        } finally {
            place.leave();
        }
    }

    private void expire() {
        HttpAsyncClientExchangeHandler running = handler.get();
        if (running != null) running.failed(own(CallLimit.timeout(null)));
    }

    private static boolean isConnect(HttpRequest request) {
        return request.getRequestLine().getMethod().equalsIgnoreCase("CONNECT");
    }

    /** The request is about to be written; returns a denial when that must not happen. */
    Call.@Nullable Denied write(HttpRequest last) {
        if (isConnect(last)) return null;
        Hop latest = hop;
        if (latest == null || latest.written && latest.answered) {
            if (begin() instanceof Call.Denied denied) return denied;
            latest = hop;
        }
        if (latest == null || latest.call == null) {
            if (latest != null) latest.written = true;
            return null;
        }
        if (latest.limit().isOver()) return new Call.Denied("deadline", DeadlineTimer.PASSED, true);
        Call.Denied denied = latest.written ? Hooks.resent(latest.call) : null;
        latest.written = true;
        if (denied == null) latest.ownHeaders().put(last);
        return denied;
    }

    /** The head of an answer has come. */
    void answered(HttpResponse response) {
        Hop latest = hop;
        int status = response.getStatusLine().getStatusCode();
        // What was not written was not answered: this is the answer to a CONNECT.
        if (latest == null || !latest.written || status < 200) return;
        latest.end(response, null);
    }

    /** The body of an answer has come. */
    void complete() {
        Hop latest = hop;
        if (latest != null && latest.answered) latest.limit().cancel();
    }

    /** The exchange has failed; returns what the application is to be told. */
    @Nullable
    Exception failed(@Nullable Exception thrown) {
        Hop latest = hop;
        if (latest == null) return thrown;
        Exception reason =
                thrown == null || isOwn(thrown) ? null : latest.limit().reasonOf(thrown);
        Exception told = reason == null ? thrown : reason;
        latest.limit().cancel();
        latest.end(null, told);
        return told;
    }

    void cancelled() {
        failed(new CancellationException());
    }

    /** One request of the exchange. */
    private static final class Hop extends MessageFacts {

        private @Nullable Call call;
        private volatile boolean written;
        private volatile boolean answered;

        Hop(HttpRequestWrapper request, @Nullable HttpHost target) {
            super(
                    "apache-http-async-client-4",
                    request,
                    target,
                    request.getOriginal() instanceof Configurable configured ? configured.getConfig() : null);
        }

        void end(@Nullable HttpResponse received, @Nullable Throwable thrown) {
            ownHeaders().takeBack();
            if (answered) return;
            answered = true;
            response = received;
            Hooks.end(call, received == null ? 0 : received.getStatusLine().getStatusCode(), thrown);
        }
    }
}
