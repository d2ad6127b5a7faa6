package dev.weir.instrumentation.apachehttpclient4;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.OwnCause;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpCoreContext;
import org.jspecify.annotations.Nullable;

/** What is known of one request, from the search for a connection to the end of its answer. */
final class RequestFacts extends MessageFacts {

    private final @Nullable HttpHost target;
    private final HttpContext context;
    private final Cancelling cancelling;
    private @Nullable Call call;
    private @Nullable RequestFacts next;
    private boolean written;
    private OwnCause cause = OwnCause.NONE;

    RequestFacts(HttpRoute route, HttpRequestWrapper request, HttpClientContext context) {
        this(request, route.getTargetHost(), context, context.getRequestConfig(), new Cancelling());
    }

    /** A request of a client without an execution chain. */
    RequestFacts(HttpRequest request, HttpClientConnection connection, HttpContext context) {
        this(
                request,
                context.getAttribute(HttpCoreContext.HTTP_TARGET_HOST) instanceof HttpHost host ? host : null,
                context,
                null,
                new Cancelling(connection));
    }

    private RequestFacts(
            HttpRequest request,
            @Nullable HttpHost target,
            HttpContext context,
            @Nullable RequestConfig config,
            Cancelling cancelling) {
        super("apache-http-client-4", request, target, config);
        this.target = target;
        this.context = context;
        this.cancelling = cancelling;
    }

    static @Nullable RequestFacts of(@Nullable Call call) {
        return call != null && call.facts() instanceof RequestFacts facts ? facts : null;
    }

    /**
     * Begins the call. One that an interceptor makes while another call is open is a call of its own, not half of that
     * one.
     */
    @Nullable
    Call begin() {
        if (of(Hooks.open()) != null) cause = OwnCause.apart();
        Call begun = beginHop();
        if (begun == null || begun instanceof Call.Denied) cause.leave();
        return begun;
    }

    private @Nullable Call beginHop() {
        Call begun = Hooks.begin(this);
        if (begun == null || begun instanceof Call.Denied) return begun;
        call = begun;
        limit().start(cancelling);
        if (limit().isRunning()) shortenTheWaitForAConnection();
        return begun;
    }

    // A cancelled wait leaves the thread interrupted in old versions: so its own timeout ends it.
    private void shortenTheWaitForAConnection() {
        if (!(context instanceof HttpClientContext client) || config == null) return;
        int own = config.getConnectionRequestTimeout();
        // The pool's clock is coarser than the limit's, which has to be over first.
        int most = (int) Math.min(limit().millis() + 5, Integer.MAX_VALUE);
        if (own > 0 && own <= most) return;
        client.setRequestConfig(
                RequestConfig.copy(config).setConnectionRequestTimeout(most).build());
    }

    /** Ends the call, or its last hop; returns what the application has to be told instead of what was thrown, if anything. */
    @Nullable
    Throwable end(@Nullable HttpResponse received, @Nullable Throwable thrown) {
        RequestFacts last = this;
        while (last.next != null) last = last.next;
        Throwable told = last.endHop(received, thrown);
        if (context instanceof HttpClientContext client && config != null) client.setRequestConfig(config);
        if (received != null && last.limit().isRunning()) {
            HttpEntity body = received.getEntity();
            if (body == null) last.limit().cancel();
            else received.setEntity(new LimitedEntity(body, last.limit()));
        }
        cause.leave();
        return told;
    }

    private @Nullable Throwable endHop(@Nullable HttpResponse received, @Nullable Throwable thrown) {
        ownHeaders().takeBack();
        Throwable told = limit().reasonOf(thrown);
        if (received == null) limit().cancel();
        else response = received;
        int status = received == null ? 0 : received.getStatusLine().getStatusCode();
        Hooks.end(call, status, told == null ? thrown : told);
        return told;
    }

    /**
     * The request is about to be written. After a challenge, that is the next call.
     *
     * @return a denial when it must not be written
     */
    Call.@Nullable Denied write(HttpRequest last) {
        RequestFacts now = this;
        while (now.next != null) now = now.next;
        return now.writeHop(last);
    }

    private Call.@Nullable Denied writeHop(HttpRequest last) {
        if (limit().isOver()) return new Call.Denied("deadline", DeadlineTimer.PASSED, true);
        if (written && response != null) {
            endHop(response, null);
            limit().cancel();
            RequestFacts following = new RequestFacts(request, target, context, config, cancelling);
            next = following;
            return following.beginHop() instanceof Call.Denied denied ? denied : following.writeHop(last);
        }
        Call.Denied denied = written ? Hooks.resent(call) : null;
        written = true;
        if (denied == null) ownHeaders().put(last);
        return denied;
    }

    /** A request of this call was answered. There may be more of them. */
    void answered(HttpRequest last, HttpResponse received) {
        RequestFacts now = this;
        while (now.next != null) now = now.next;
        now.ownHeaders().takeBack();
        now.response = received;
    }

    /** What the library learns from the application about cancelling, and tells about what can be cancelled. */
    @Nullable
    HttpExecutionAware aware(@Nullable HttpExecutionAware application) {
        return limit().isRunning() ? cancelling.around(application) : application;
    }

    @Override
    public boolean waits() {
        return true;
    }
}
