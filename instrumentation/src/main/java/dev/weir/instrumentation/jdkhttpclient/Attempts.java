package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What the client makes of one request of the application: repetitions, hops of a redirect, answers to challenges. They
 * come one after the other, each on whatever thread. A hop is a call of its own, a repetition is not.
 */
final class Attempts {

    private static final ThreadLocal<@Nullable Integer> REPLIED = new ThreadLocal<>();

    // Keeps the way of every request short as long as no client follows redirects or is limited.
    private static volatile boolean any;

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
    static Attempts of(Call call, RequestFacts facts, HttpRequest onWire) {
        Attempts attempts = new Attempts(call, facts);
        if (facts.goesOn()) {
            any = true;
            facts.attempts = attempts;
            Attachments.attach(onWire, call);
        }
        return attempts;
    }

    private static @Nullable Attempts of(HttpRequest onWire) {
        RequestFacts facts = any ? RequestFacts.of(Attachments.of(onWire)) : null;
        return facts == null ? null : facts.attempts;
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
    Call current() {
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
        Attempts attempts = of(before);
        if (attempts != null) attempts.redirected(status == null ? 0 : status, next);
    }

    private void redirected(int status, HttpRequest next) {
        Hooks.end(current(), status, null);
        fresh = true;
        Attachments.attach(next, first);
        Hop following = new Hop(next, facts);
        // From here on the request is asked for the hop's headers.
        hop = following;
        Object previous = Hooks.enter(context);
        try {
            Call call = Hooks.begin(following);
            if (call instanceof Call.Denied refused) denied = refused;
            else if (call != null) begun(call);
        } finally {
            Hooks.exit(previous);
        }
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
        Attempts attempts = of(before);
        if (attempts == null) return;
        attempts.fresh = true;
        Attachments.attach(next, attempts.first);
        Hop current = attempts.hop;
        if (current != null) current.isNow(next);
    }

    /** The headers with which a request goes out: what levers set was for the first hop only. */
    static HttpHeaders headers(HttpRequest onWire, HttpHeaders own) {
        Attempts attempts = of(onWire);
        Hop current = attempts == null ? null : attempts.hop;
        return current == null || !current.is(onWire) ? own : current.headers();
    }

    /** The client starts a request's timeout anew for each attempt; a limit is one for all. */
    static Optional<Duration> timeout(HttpRequest onWire, Optional<Duration> own) {
        Attempts attempts = of(onWire);
        if (attempts == null) return own;
        Hop current = attempts.hop;
        return current != null && current.is(onWire) ? current.timeLeft() : attempts.facts.timeLeft();
    }

    /** The application gets its answer, or gave up. */
    void end(@Nullable HttpResponse<?> response, @Nullable Throwable thrown) {
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
