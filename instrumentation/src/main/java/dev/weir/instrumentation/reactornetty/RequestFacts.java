package dev.weir.instrumentation.reactornetty;

import dev.weir.bootstrap.Call;
import dev.weir.instrumentation.shared.AddedHeaders;
import dev.weir.instrumentation.shared.ContentLength;
import dev.weir.instrumentation.shared.FixedRequestFacts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** What is known of one request: before there is a connection, or when it is about to be written. */
final class RequestFacts extends FixedRequestFacts {

    private static final long UNKNOWN = -1;

    private final Exchange exchange;
    private final HttpHeaders present;
    private final long callerTimeoutMillis;
    private @Nullable ByteBuf body;
    private final long bodyLength;
    private volatile @Nullable HttpHeaders response;

    private RequestFacts(
            Exchange exchange,
            String method,
            Target target,
            HttpHeaders present,
            long callerTimeoutMillis,
            @Nullable ByteBuf body,
            long bodyLength) {
        super("reactor-netty", method, target.scheme(), target.host(), target.port(), target.path(), target.query());
        this.exchange = exchange;
        this.present = present;
        this.callerTimeoutMillis = callerTimeoutMillis;
        this.body = body;
        this.bodyLength = bodyLength;
    }

    /** Nothing has been asked of the application's callback yet, if there is one. */
    static RequestFacts ahead(
            Exchange exchange,
            String method,
            Target target,
            HttpHeaders configured,
            long callerTimeoutMillis,
            boolean hasCallback) {
        return new RequestFacts(
                exchange, method, target, configured, callerTimeoutMillis, null, hasCallback ? UNKNOWN : 0);
    }

    /** The request is about to be written, with this body if it is all in memory. */
    RequestFacts written(Exchange next, String method, HttpHeaders headers, @Nullable ByteBuf content) {
        Target target = new Target(scheme(), host(), port(), path(), query());
        long length = content != null
                ? content.readableBytes()
                : ContentLength.of(
                        headers.get(HttpHeaderNames.TRANSFER_ENCODING), headers.get(HttpHeaderNames.CONTENT_LENGTH));
        return new RequestFacts(next, method, target, headers, callerTimeoutMillis, content, length);
    }

    static @Nullable RequestFacts of(@Nullable Call call) {
        return call != null && call.facts() instanceof RequestFacts facts ? facts : null;
    }

    Exchange exchange() {
        return exchange;
    }

    /** Puts Weir's headers on a request. */
    void putOn(HttpHeaders headers) {
        String[] own = added();
        int length = AddedHeaders.length(own);
        for (int i = 0; i < length; i += 2) headers.set(own[i], own[i + 1]);
        // It is the library's now, and will be released.
        body = null;
    }

    void received(HttpHeaders headers) {
        response = headers;
    }

    @Override
    public long callerTimeoutMillis() {
        return callerTimeoutMillis;
    }

    @Override
    public boolean limit(long millis) {
        exchange.limit(millis);
        return true;
    }

    @Override
    protected @Nullable String present(String name) {
        return present.get(name);
    }

    @Override
    public boolean repeatsHeader(String name) {
        return present.getAll(name).size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpHeaders received = response;
        return received == null ? null : received.get(name);
    }

    @Override
    public long bodyLength() {
        return bodyLength;
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        ByteBuf bytes = body;
        return bytes == null || bytes.readableBytes() > limit ? null : ByteBufUtil.getBytes(bytes);
    }
}
