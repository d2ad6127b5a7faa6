package dev.weir.instrumentation.reactornetty;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.CallLimit;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One call, from the search for a connection to the end of the answer's body. */
@SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a connection to close.
final class Exchange {

    private volatile @Nullable RequestFacts facts;
    private volatile @Nullable Call call;
    private volatile boolean over;
    private volatile boolean written;
    private volatile boolean late;
    private volatile @Nullable Channel channel;
    private volatile CallLimit limit = CallLimit.NONE;
    private boolean withdrawn;
    private Sinks.@Nullable Empty<Void> expiry;

    /** Begins the call on this thread, which goes on without it. */
    @Nullable
    Call begin(RequestFacts known) {
        facts = known;
        Call begun = Hooks.begin(known);
        if (begun == null || begun instanceof Call.Denied) {
            over = true;
            return begun;
        }
        call = begun;
        Hooks.leave(begun);
        if (limit.isSet()) {
            expiry = Sinks.empty();
            limit.start(this::expire);
        }
        return begun;
    }

    CallLimit limit() {
        return limit;
    }

    /** Sets the time of the call. */
    void limit(long millis) {
        limit = limit.with(millis);
    }

    @Nullable
    RequestFacts facts() {
        return facts;
    }

    @Nullable
    Call call() {
        return call;
    }

    /** Whether the call goes on: it has had no answer, and has not failed. */
    boolean isOpen() {
        return call != null && !over;
    }

    boolean hasBeenWritten() {
        return written;
    }

    /** The connection, as long as the time is not up before there is one. */
    <T> Mono<T> limiting(Mono<T> connection) {
        Sinks.Empty<Void> expires = expiry;
        return expires == null ? connection : connection.takeUntilOther(expires.asMono());
    }

    /** A connection was lost before an answer came; the library takes another for the same request. */
    synchronized void reconnects() {
        channel = null;
    }

    void connected(Channel connected) {
        boolean tooLate;
        synchronized (this) {
            channel = connected;
            tooLate = late;
        }
        if (tooLate) connected.close();
    }

    /** The channel that the exchange goes through; {@code null} as long as there is none. */
    @Nullable
    Channel channel() {
        return channel;
    }

    boolean isOn(Channel other) {
        Channel mine = channel;
        return mine != null && (mine == other || mine == other.parent());
    }

    /** The request is about to be written; says no when it may not be written again. */
    Call.@Nullable Denied write(HttpHeaders headers) {
        Call.Denied denied = written ? Hooks.resent(call) : null;
        written = true;
        RequestFacts known = facts;
        if (denied == null && known != null) known.putOn(headers);
        return denied;
    }

    void answered(HttpResponse response) {
        if (!isOpen()) return;
        over = true;
        RequestFacts known = facts;
        if (known != null) known.received(response.headers());
        Hooks.end(call, response.status().code(), null);
    }

    /** There will be no answer. */
    void failed(Throwable thrown) {
        limit.cancel();
        if (!isOpen()) return;
        over = true;
        Hooks.end(call, 0, thrown);
    }

    /**
     * The request itself begins by itself: this call was for its connection. Returns whether it still could be
     * withdrawn: the limit may have ended it.
     */
    boolean withdraw() {
        limit.cancel();
        synchronized (this) {
            if (late) return false;
            over = true;
            withdrawn = true;
        }
        Hooks.withdraw(call);
        return true;
    }

    /** The connection is free again, or closed. */
    void complete() {
        failed(new CancellationException("the exchange was given up"));
    }

    /** Whether the limit has ended the exchange. */
    boolean late() {
        return late;
    }

    private void expire() {
        Channel connected;
        synchronized (this) {
            if (withdrawn) return;
            late = true;
            connected = channel;
        }
        Sinks.Empty<Void> expires = expiry;
        if (expires != null) expires.tryEmitError(Lateness.exception());
        if (connected == null) return;
        try {
            // What the library itself does when a response takes too long.
            connected.eventLoop().execute(() -> {
                connected.pipeline().fireExceptionCaught(Lateness.exception());
                connected.close();
            });
        } catch (RejectedExecutionException e) {
            connected.close();
        }
    }
}
