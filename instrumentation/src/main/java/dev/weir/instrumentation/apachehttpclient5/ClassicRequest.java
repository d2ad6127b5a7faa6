package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.bootstrap.Call;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** A request of the classic client. */
final class ClassicRequest extends RequestFacts {

    // Entities over memory. Others may be used up by one look, even where they say that they are repeatable.
    private static final Set<String> IN_MEMORY = Set.of(
            "org.apache.hc.core5.http.io.entity.ByteArrayEntity",
            "org.apache.hc.core5.http.io.entity.StringEntity",
            "org.apache.hc.client5.http.entity.UrlEncodedFormEntity");

    private final @Nullable HttpEntity entity;
    private final @Nullable HttpClientContext context;
    private final @Nullable ExecRuntime runtime;
    private volatile @Nullable HttpClientConnection connection;
    private @Nullable RequestConfig before;

    ClassicRequest(ClassicHttpRequest request, ExecChain.Scope scope) {
        super(
                request,
                scope.route.getTargetHost().getSchemeName(),
                scope.route.getTargetHost().getHostName(),
                scope.route.getTargetHost().getPort(),
                scope.clientContext.getRequestConfig());
        this.entity = request.getEntity();
        this.context = scope.clientContext;
        this.runtime = scope.execRuntime;
    }

    /** A request of a client without an execution chain. */
    ClassicRequest(ClassicHttpRequest request, @Nullable HttpHost target, @Nullable HttpContext context) {
        this(
                request,
                target == null ? request.getScheme() : target.getSchemeName(),
                target == null ? request.getAuthority() : target,
                context instanceof HttpClientContext client ? client : null);
    }

    private ClassicRequest(
            ClassicHttpRequest request,
            @Nullable String scheme,
            @Nullable NamedEndpoint target,
            @Nullable HttpClientContext context) {
        super(
                request,
                scheme,
                target == null ? null : target.getHostName(),
                target == null ? -1 : target.getPort(),
                context == null ? null : context.getRequestConfig());
        this.entity = request.getEntity();
        this.context = context;
        this.runtime = null;
    }

    static @Nullable ClassicRequest of(@Nullable Call call) {
        return call != null && call.facts() instanceof ClassicRequest facts ? facts : null;
    }

    @Nullable
    Call begin() {
        return begin(null);
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    void limited(long millis) {
        if (context == null) return;
        // Nothing but its own timeout ends the wait for a connection of the pool.
        before = context.getRequestConfig();
        RequestConfig config = before == null ? RequestConfig.DEFAULT : before;
        Timeout own = config.getConnectionRequestTimeout();
        if (own != null && own.getDuration() > 0 && own.toMilliseconds() <= millis) return;
        // The pool's clock is coarser than the limit's, which has to be over first.
        context.setRequestConfig(RequestConfig.copy(config)
                .setConnectionRequestTimeout(millis + 5, TimeUnit.MILLISECONDS)
                .build());
    }

    @Override
    void abort() {
        HttpClientConnection open = connection;
        if (runtime != null) runtime.discardEndpoint();
        else if (open != null) open.close(CloseMode.IMMEDIATE);
    }

    /**
     * The request is about to be written to this.
     *
     * @return a denial when that must not happen
     */
    Call.@Nullable Denied write(ClassicHttpRequest last, HttpClientConnection to) {
        connection = to;
        return write(last);
    }

    /** Ends the call; returns what the application has to be told instead of what was thrown, if anything. */
    @Nullable
    Throwable end(@Nullable ClassicHttpResponse response, @Nullable Throwable thrown) {
        if (limit().isRunning() && context != null) context.setRequestConfig(before);
        Throwable told = limit().reasonOf(thrown);
        HttpEntity body = response == null ? null : response.getEntity();
        if (limit().isRunning() && response != null) {
            if (body == null) limit().cancel();
            else response.setEntity(new LimitedEntity(body, limit()));
        }
        over(response, told == null ? thrown : told);
        comeBack();
        return told;
    }

    @Override
    public long bodyLength() {
        return entity == null ? 0 : entity.getContentLength();
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        long length = bodyLength();
        if (entity == null || length <= 0 || length > limit) return null;
        if (!IN_MEMORY.contains(entity.getClass().getName())) return null;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) length);
        try {
            entity.writeTo(bytes);
        } catch (IOException e) {
            return null;
        }
        return bytes.toByteArray();
    }
}
