package dev.weir.instrumentation.nettyhttp;

import dev.weir.bootstrap.Call;
import dev.weir.instrumentation.shared.ChangeableRequestFacts;
import dev.weir.instrumentation.shared.ContentLength;
import dev.weir.instrumentation.shared.OwnHeaders;
import dev.weir.instrumentation.shared.RequestTarget;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one request that is about to be written. */
final class OutboundFacts extends ChangeableRequestFacts<HttpHeaders, List<String>> {

    private static final OwnHeaders.Values<HttpHeaders> HEADERS = new OwnHeaders.Values<>() {
        @Override
        public List<String> all(HttpHeaders headers, String name) {
            return headers.getAll(name);
        }

        @Override
        public void set(HttpHeaders headers, String name, List<String> values) {
            headers.set(name, values);
        }
    };

    private final HttpHeaders headers;
    // Only while the call begins: the library releases it.
    private @Nullable HttpRequest request;
    private volatile @Nullable HttpHeaders answer;

    OutboundFacts(Channel channel, HttpRequest request) {
        this(request, Authority.of(channel, request));
    }

    private OutboundFacts(HttpRequest request, Authority authority) {
        super(
                HEADERS,
                "netty-http",
                request.method().name(),
                authority.scheme(),
                authority.host(),
                authority.port(),
                RequestTarget.path(request.uri()),
                RequestTarget.query(request.uri()));
        this.headers = request.headers();
        this.request = request;
    }

    static @Nullable OutboundFacts of(@Nullable Call call) {
        return call != null && call.facts() instanceof OutboundFacts facts ? facts : null;
    }

    void begun(boolean denied) {
        request = null;
        if (!denied) ownHeaders().put(headers);
    }

    /** An application may send the same object again, or copy it. */
    void written() {
        ownHeaders().takeBack();
    }

    void answered(HttpHeaders received) {
        answer = received;
    }

    @Override
    protected @Nullable String present(String name) {
        return headers.get(name);
    }

    @Override
    public boolean repeatsHeader(String name) {
        return headers.getAll(name).size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpHeaders received = answer;
        return received == null ? null : received.get(name);
    }

    @Override
    public long bodyLength() {
        if (request instanceof FullHttpRequest full) return full.content().readableBytes();
        return ContentLength.of(
                headers.get(HttpHeaderNames.TRANSFER_ENCODING), headers.get(HttpHeaderNames.CONTENT_LENGTH));
    }

    @Override
    public byte @Nullable [] replayableBody(int most) {
        if (!(request instanceof FullHttpRequest full) || full.content().readableBytes() > most) return null;
        return full.content().isReadable() ? ByteBufUtil.getBytes(full.content()) : null;
    }
}
