package dev.weir.instrumentation.nettyhttp;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.shared.RequestTarget;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one inbound request. */
final class InboundFacts extends HttpFacts {

    private final HttpHeaders headers;
    private final @Nullable String peer;
    private volatile @Nullable HttpHeaders answer;
    private volatile boolean begun;

    InboundFacts(Channel channel, HttpRequest request) {
        this(channel, request, Authority.of(channel, request));
    }

    private InboundFacts(Channel channel, HttpRequest request, Authority authority) {
        super(
                Kind.HTTP_SERVER,
                "netty-http",
                request.method().name(),
                authority.scheme(),
                authority.host(),
                authority.port(),
                RequestTarget.path(request.uri()),
                RequestTarget.query(request.uri()));
        this.headers = request.headers();
        this.peer = Authority.address(channel.remoteAddress());
    }

    /** The head of the answer is about to be written. */
    void answer(HttpHeaders replied) {
        answer = replied;
    }

    /** It is out of reach now. */
    void answered() {
        begun = true;
    }

    @Override
    public @Nullable String peerAddress() {
        return peer;
    }

    @Override
    public @Nullable String header(String name) {
        List<String> lines = headers.getAll(name);
        if (lines.isEmpty()) return null;
        return lines.size() == 1 ? lines.get(0) : String.join(",", lines);
    }

    @Override
    public boolean repeatsHeader(String name) {
        return headers.getAll(name).size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpHeaders replied = answer;
        return replied == null ? null : replied.get(name);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        HttpHeaders replied = answer;
        if (replied == null || begun) return false;
        replied.set(name, value);
        return true;
    }
}
