package dev.weir.instrumentation.vertx;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import dev.weir.instrumentation.shared.CallLimit;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.shared.Refused;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What is known of one request, from its timeout to the end of its response's body. Found by the request, and never holds it. */
final class Exchange {

    private static final WeakIdentityMap<Exchange> OPEN = new WeakIdentityMap<>(1 << 16);

    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long ownTimeoutMillis;
    private volatile boolean begun;
    private volatile Call.@Nullable Denied denied;
    private volatile @Nullable Call call;
    private volatile @Nullable ClientFacts facts;
    private volatile @Nullable Object cause;
    private volatile @Nullable Object channel;
    /** What the application is told instead of what Vert.x makes of it. */
    private volatile @Nullable Throwable failure;

    private Exchange() {}

    static @Nullable Exchange known(HttpClientRequest request) {
        return OPEN.get(request);
    }

    static Exchange of(HttpClientRequest request) {
        Exchange known = OPEN.get(request);
        if (known != null) return known;
        Exchange added = new Exchange();
        if (OPEN.putIfAbsent(request, added)) return added;
        Exchange faster = OPEN.get(request);
        return faster == null ? added : faster;
    }

    void ownTimeout(long millis) {
        ownTimeoutMillis = millis;
    }

    boolean isBegun() {
        return begun;
    }

    Call.@Nullable Denied denied() {
        return denied;
    }

    /** The head is about to be written, with all of the body or without it. */
    @Nullable
    Call begin(HttpClientRequest request, @Nullable Object chunk, boolean end) {
        begun = true;
        cause = Hooks.capture();
        ClientFacts known = ClientFacts.of(request, chunk, end, ownTimeoutMillis);
        Call now = Hooks.begin(known);
        known.forgetBody();
        if (now instanceof Call.Denied refused) {
            denied = refused;
            return refused;
        }
        if (now == null) return null;
        known.putOn(request);
        call = now;
        facts = known;
        Hooks.leave(now);
        Object connection = NettyChannels.of(request.connection());
        channel = connection;
        if (connection != null) Attachments.attach(connection, now);
        CallLimit limit = known.limit();
        if (limit.isSet()) {
            WeakReference<HttpClientRequest> limited = new WeakReference<>(request);
            limit.start(() -> expire(limited.get()));
        }
        return now;
    }

    private CallLimit limit() {
        ClientFacts known = facts;
        return known == null ? CallLimit.NONE : known.limit();
    }

    private void expire(@Nullable HttpClientRequest request) {
        if (request == null) return;
        failure = new TimeoutException(DeadlineTimer.PASSED);
        Resets.reset(request, failure);
    }

    /** Fails a request that must not be written the way a lost connection would. */
    static Throwable refuse(HttpClientRequest request, Call.Denied denied) {
        Throwable denial = Refused.inFuture(denied);
        of(request).failure = denial;
        Resets.reset(request, denial);
        return denial;
    }

    /** The head of the response has come: the call is over, its body may still be coming. */
    Entered answered(HttpClientRequest request, HttpClientResponse response) {
        ClientFacts known = facts;
        if (known != null) known.answered(response);
        end(response.statusCode(), null);
        if (!limit().isRunning()) OPEN.remove(request);
        return new Entered(cause);
    }

    void fail(@Nullable Throwable thrown) {
        limit().cancel();
        end(0, told(thrown));
    }

    void complete(HttpClientRequest request) {
        limit().cancel();
        OPEN.remove(request);
    }

    @Nullable
    Throwable told(@Nullable Throwable thrown) {
        Throwable ours = failure;
        return ours == null ? thrown : ours;
    }

    private void end(int status, @Nullable Throwable thrown) {
        if (!over.compareAndSet(false, true)) return;
        Object attached = channel;
        if (attached != null && Attachments.of(attached) == call) Attachments.detach(attached);
        Hooks.end(call, status, thrown);
    }
}
