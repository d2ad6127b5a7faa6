package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts.HeaderSet;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.ChangeableRequestFacts;
import dev.weir.instrumentation.shared.OwnCause;
import dev.weir.instrumentation.shared.OwnHeaders;
import dev.weir.instrumentation.shared.RequestTarget;
import java.util.Iterator;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** What is known of one request, from the search for a connection to the end of its answer. */
abstract class RequestFacts extends ChangeableRequestFacts<HttpRequest, Header> {

    private static final OwnHeaders.Carrier<HttpRequest, Header> HEADERS = new OwnHeaders.Carrier<>() {
        @Override
        public @Nullable Header present(HttpRequest request, String name) {
            return request.getFirstHeader(name);
        }

        @Override
        public Header set(HttpRequest request, String name, String value, @Nullable Header before) {
            Header own = new BasicHeader(name, value);
            if (before == null) request.addHeader(own);
            else request.setHeader(own);
            return own;
        }

        @Override
        public void restore(HttpRequest request, String name, Header before) {
            request.setHeader(before);
        }

        @Override
        public void remove(HttpRequest request, String name, Header own) {
            request.removeHeader(own);
        }
    };

    private final HttpRequest request;
    private final @Nullable RequestConfig config;
    private OwnCause place = OwnCause.NONE;
    private @Nullable HttpResponse response;
    private @Nullable Call call;
    private boolean written;
    // Asked for several times while the call begins.
    private boolean named;
    private long names;

    RequestFacts(
            HttpRequest request,
            @Nullable String scheme,
            @Nullable String host,
            int port,
            @Nullable RequestConfig config) {
        super(
                HEADERS,
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
        if (cause != null) place = OwnCause.of(cause);
        else if (around != null && around.facts() instanceof RequestFacts) place = OwnCause.apart();
        Call begun = Hooks.begin(this);
        if (begun == null || begun instanceof Call.Denied) {
            comeBack();
            return begun;
        }
        call = begun;
        if (limit().isSet()) {
            limit().start(this::abort);
            limited(limit().millis());
        }
        return begun;
    }

    /** The call begins with a limit. */
    void limited(long millis) {}

    /** This thread goes on with what it did before the call. */
    final void comeBack() {
        place.leave();
    }

    /** The answer has come, or never will: the call is over. Its body may still be coming. */
    final void over(@Nullable HttpResponse received, @Nullable Throwable thrown) {
        ownHeaders().takeBack();
        if (received != null) response = received;
        else limit().cancel();
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
        if (limit().isOver()) return new Call.Denied("deadline", DeadlineTimer.PASSED, true);
        Call.Denied denied = written ? Hooks.resent(call) : null;
        written = true;
        if (denied == null) ownHeaders().put(last);
        return denied;
    }

    @Override
    public final long callerTimeoutMillis() {
        Timeout timeout = config == null ? null : config.getResponseTimeout();
        return timeout == null || timeout.getDuration() <= 0 ? 0 : timeout.toMilliseconds();
    }

    @Override
    protected final @Nullable String present(String name) {
        Header header = request.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    @Override
    public final long headerNames() {
        if (!named) {
            names = names(request);
            named = true;
        }
        return names;
    }

    @Override
    public final long responseHeaderNames() {
        return response == null ? 0 : names(response);
    }

    private static long names(MessageHeaders headers) {
        long names = 0;
        for (Iterator<Header> all = headers.headerIterator(); all.hasNext(); ) {
            names |= HeaderSet.of(all.next().getName());
        }
        return names;
    }

    @Override
    public final @Nullable String responseHeader(String name) {
        Header header = response == null ? null : response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }
}
