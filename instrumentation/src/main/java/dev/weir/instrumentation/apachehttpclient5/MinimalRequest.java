package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.bootstrap.Call;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** A request of an asynchronous client without an execution chain. */
final class MinimalRequest extends RequestFacts {

    private final @Nullable EntityDetails entity;
    private final Runnable abort;

    MinimalRequest(
            HttpRequest request, @Nullable EntityDetails entity, @Nullable RequestConfig config, Runnable abort) {
        this(request, request.getAuthority(), entity, config, abort);
    }

    private MinimalRequest(
            HttpRequest request,
            @Nullable URIAuthority authority,
            @Nullable EntityDetails entity,
            @Nullable RequestConfig config,
            Runnable abort) {
        super(
                request,
                request.getScheme(),
                authority == null ? null : authority.getHostName(),
                authority == null ? -1 : authority.getPort(),
                config);
        this.entity = entity;
        this.abort = abort;
    }

    @Nullable
    Call begin() {
        return begin(null);
    }

    @Override
    void abort() {
        abort.run();
    }

    @Override
    public long bodyLength() {
        return entity == null ? 0 : entity.getContentLength();
    }
}
