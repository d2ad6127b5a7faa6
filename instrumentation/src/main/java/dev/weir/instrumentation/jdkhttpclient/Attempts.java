package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.InContext;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What the client makes of one request of the application: repetitions, hops of a redirect, answers to challenges. They
 * come one after the other, each on whatever thread. A hop is a call of its own, a repetition is not.
 */
final class Attempts {

    private static final int MOST = 1 << 16;
    /** By the request that is on the wire. An application may keep that one with its response: see {@link #end}. */
    private static final WeakIdentityMap<Attempts> OPEN = new WeakIdentityMap<>(MOST);

    private static final ThreadLocal<@Nullable Integer> REPLIED = new ThreadLocal<>();

    private final Call first;
    private final RequestFacts facts;
    private final @Nullable Object context;

    /** Whether the next attempt is something else than a repetition. */
    private volatile boolean fresh = true;

    private volatile @Nullable Hop hop;
    private volatile @Nullable Call hopCall;
    private volatile Call.@Nullable Denied denied;
    private boolean over;

    private Attempts(Call first, RequestFacts facts) {
        this.first = first;
        this.facts = facts;
        this.context = Hooks.capture();
    }

    /** An exchange begins, on the thread that asked for it. */
    static void begin(Call call, RequestFacts facts, HttpRequest onWire) {
        Attempts attempts = new Attempts(call, facts);
        facts.attempts = attempts;
        OPEN.put(onWire, attempts);
    }

    static @Nullable Attempts of(@Nullable HttpRequest onWire) {
        return onWire == null ? null : OPEN.get(onWire);
    }

    /** What is known of the request that is on the wire now. */
    static @Nullable OutgoingFacts facts(HttpRequest onWire) {
        Attempts attempts = of(onWire);
        if (attempts == null) return null;
        Hop current = attempts.hop;
        return current == null ? attempts.facts : current;
    }

    /**
     * The client is about to send.
     *
     * @return a denial, else {@code null}
     */
    @Nullable
    Call next() {
        Call.Denied refused = denied;
        if (refused != null) return refused;
        if (fresh) {
            fresh = false;
            return null;
        }
        return Hooks.resent(current());
    }

    /** Nothing was sent: the client tries once more to connect, and that is no repetition. */
    void notConnected() {
        fresh = true;
    }

    /** The call that is now under way. */
    private Call current() {
        Call later = hopCall;
        return later == null ? first : later;
    }

    /** The reply that this thread looks at has this status. */
    static void replied(int status) {
        REPLIED.set(status);
    }

    /** The client made a request from the one before, because a reply sent it elsewhere. */
    static void redirected(HttpRequest before, HttpRequest next) {
        Integer status = REPLIED.get();
        REPLIED.remove();
        Attempts attempts = OPEN.remove(before);
        if (attempts != null) attempts.redirected(status == null ? 0 : status, next);
    }

    private void redirected(int status, HttpRequest next) {
        Hooks.end(current(), status, null);
        fresh = true;
        Hop following = new Hop(next, facts);
        hop = following;
        OPEN.put(next, this);
        InContext.run(context, following, begins -> {
            Call call = Hooks.begin(begins);
            if (call instanceof Call.Denied refused) denied = refused;
            else if (call != null) begun(call);
        });
    }

    private void begun(Call call) {
        Hooks.leave(call);
        boolean late;
        synchronized (this) {
            late = over;
            hopCall = call;
        }
        if (late) Hooks.end(call, 0, new CancellationException());
    }

    /** The client made a request from the one before, to answer a challenge. */
    static void challenged(HttpRequest before, HttpRequest next) {
        Attempts attempts = OPEN.remove(before);
        if (attempts == null) return;
        attempts.fresh = true;
        OPEN.put(next, attempts);
    }

    /** The application gets its answer, or gave up. */
    void end(@Nullable HttpResponse<?> response, @Nullable Throwable thrown) {
        if (response != null) OPEN.remove(response.request());
        Call call;
        synchronized (this) {
            over = true;
            call = hopCall;
        }
        Hop last = hop;
        if (last == null || call == null) return;
        last.answered(response);
        Hooks.end(call, response == null ? 0 : response.statusCode(), thrown);
    }
}
