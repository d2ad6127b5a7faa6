package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** What is known of one request, from the search for a connection to the end of its answer. */
abstract class RequestFacts extends HttpFacts {

    private static final String LATE = DeadlineTimer.PASSED;

    private final HttpRequest request;
    private final @Nullable RequestConfig config;
    private final OwnHeaders headers = new OwnHeaders();
    private @Nullable HttpResponse response;
    private @Nullable Call call;
    private boolean written;
    private boolean elsewhere;
    private @Nullable Object outer;
    private long limitMillis;
    private long due;
    private volatile @Nullable Future<?> timer;

    RequestFacts(
            HttpRequest request,
            @Nullable String scheme,
            @Nullable String host,
            int port,
            @Nullable RequestConfig config) {
        super(
                Kind.HTTP_CLIENT,
                "apache-http-client-5",
                request.getMethod(),
                scheme,
                host,
                port,
                RequestTarget.path(request.getPath()),
                RequestTarget.query(request.getPath()));
        this.request = request;
        this.config = config;
    }

    /** Ends the exchange wherever it is: its time is up. */
    abstract void abort();

    /**
     * Begins the call. One that an interceptor makes while another call is open is a call of its own, not half of that
     * one.
     *
     * @param cause what the call is caused by, when that is not what this thread is doing; else {@code null}
     */
    final @Nullable Call begin(@Nullable Object cause) {
        Call around = Hooks.open();
        elsewhere = cause != null || around != null && around.facts() instanceof RequestFacts;
        if (elsewhere) outer = Hooks.enter(cause == null ? Hooks.capture() : cause);
        Call begun = Hooks.begin(this);
        if (begun == null || begun instanceof Call.Denied) {
            comeBack();
            return begun;
        }
        call = begun;
        if (limitMillis > 0) {
            due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
            limited(limitMillis);
            timer = DeadlineTimer.after(limitMillis, this::abort);
        }
        return begun;
    }

    /** The call begins with a limit. */
    void limited(long millis) {}

    /** This thread goes on with what it did before the call. */
    final void comeBack() {
        if (elsewhere) Hooks.exit(outer);
        elsewhere = false;
        outer = null;
    }

    /** The answer has come, or never will: the call is over. Its body may still be coming. */
    final void over(@Nullable HttpResponse received, @Nullable Throwable thrown) {
        headers.takeBack();
        if (received != null) response = received;
        else cancelTimer();
        Hooks.end(call, received == null ? 0 : received.getCode(), thrown);
    }

    final @Nullable Call call() {
        return call;
    }

    /**
     * The request is about to be written.
     *
     * @param last as it is after all interceptors
     * @return a denial when that must not happen
     */
    final Call.@Nullable Denied write(HttpRequest last) {
        if (late()) return new Call.Denied("deadline", LATE, true);
        Call.Denied denied = written ? Hooks.resent(call) : null;
        written = true;
        if (denied == null) headers.put(last);
        return denied;
    }

    /** Whether there is a limit and its time is up. */
    final boolean late() {
        return due != 0 && System.nanoTime() - due >= 0;
    }

    final boolean isLimited() {
        return due != 0;
    }

    final void cancelTimer() {
        Future<?> pending = timer;
        if (pending != null) pending.cancel(false);
    }

    /** What the application is told when the time is up. */
    static IOException lateness(@Nullable Throwable suppressed) {
        IOException late = new SocketTimeoutException(LATE);
        if (suppressed != null) late.addSuppressed(suppressed);
        return late;
    }

    @Override
    public final long callerTimeoutMillis() {
        Timeout timeout = config == null ? null : config.getResponseTimeout();
        return timeout == null || timeout.getDuration() <= 0 ? 0 : timeout.toMilliseconds();
    }

    @Override
    public final boolean limit(long millis) {
        limitMillis = millis;
        return true;
    }

    @Override
    public final @Nullable String header(String name) {
        String own = headers.value(name);
        if (own != null) return own;
        Header header = request.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    @Override
    public final boolean setHeader(String name, String value) {
        headers.add(name, value, false);
        return true;
    }

    @Override
    public final boolean replaceHeader(String name, String value) {
        headers.add(name, value, true);
        return true;
    }

    @Override
    public final @Nullable String responseHeader(String name) {
        Header header = response == null ? null : response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }
}
