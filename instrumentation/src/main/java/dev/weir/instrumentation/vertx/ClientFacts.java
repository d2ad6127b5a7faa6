package dev.weir.instrumentation.vertx;

import dev.weir.instrumentation.shared.ChangeableRequestFacts;
import dev.weir.instrumentation.shared.HostPort;
import dev.weir.instrumentation.shared.OwnHeaders;
import dev.weir.instrumentation.shared.RequestTarget;
import io.netty.buffer.ByteBuf;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.lang.ref.WeakReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of a request whose head is about to be written. Found by the request, and never holds it. */
final class ClientFacts extends ChangeableRequestFacts<MultiMap, List<String>> {

    private static final OwnHeaders.Values<MultiMap> HEADERS = new OwnHeaders.Values<>() {
        @Override
        public List<String> all(MultiMap headers, String name) {
            return headers.getAll(name);
        }

        @Override
        public void set(MultiMap headers, String name, List<String> values) {
            headers.set(name, values);
        }
    };

    private final WeakReference<HttpClientRequest> request;
    private final long ownTimeoutMillis;
    private final long length;
    private @Nullable Object body;
    private volatile @Nullable HttpClientResponse response;

    private ClientFacts(
            HttpClientRequest request,
            String scheme,
            HostPort authority,
            @Nullable Object chunk,
            boolean end,
            long ownTimeoutMillis) {
        super(
                HEADERS,
                "vertx-http-client",
                request.getMethod().name(),
                scheme,
                authority.host(),
                authority.port(),
                RequestTarget.path(request.getURI()),
                RequestTarget.query(request.getURI()));
        this.request = new WeakReference<>(request);
        this.ownTimeoutMillis = ownTimeoutMillis;
        this.body = end ? chunk : null;
        this.length = end ? length(chunk) : -1;
    }

    static ClientFacts of(HttpClientRequest request, @Nullable Object chunk, boolean end, long ownTimeoutMillis) {
        String url = request.absoluteURI();
        HostPort authority = HostPort.of(RequestTarget.authority(url), 0);
        String scheme = url.startsWith("https:") ? "https" : "http";
        return new ClientFacts(request, scheme, authority, chunk, end, ownTimeoutMillis);
    }

    private static long length(@Nullable Object chunk) {
        if (chunk == null) return 0;
        if (chunk instanceof Buffer buffer) return buffer.length();
        return chunk instanceof ByteBuf buf ? buf.readableBytes() : -1;
    }

    /** The buffer belongs to Vert.x from now on. */
    void forgetBody() {
        body = null;
    }

    /** The request is about to be written. */
    void putOn(HttpClientRequest written) {
        ownHeaders().put(written.headers());
    }

    /** Takes back what was set: a redirect copies headers. */
    void answered(HttpClientResponse answer) {
        response = answer;
        ownHeaders().takeBack();
    }

    @Override
    public long callerTimeoutMillis() {
        return ownTimeoutMillis;
    }

    @Override
    protected @Nullable String present(String name) {
        HttpClientRequest open = request.get();
        return open == null ? null : open.headers().get(name);
    }

    @Override
    public boolean repeatsHeader(String name) {
        HttpClientRequest open = request.get();
        return open != null && open.headers().getAll(name).size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpClientResponse answer = response;
        return answer == null ? null : answer.getHeader(name);
    }

    @Override
    public long bodyLength() {
        return length;
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        if (length <= 0 || length > limit) return null;
        if (body instanceof Buffer buffer) return buffer.getBytes();
        if (!(body instanceof ByteBuf buf)) return null;
        byte[] bytes = new byte[buf.readableBytes()];
        buf.getBytes(buf.readerIndex(), bytes);
        return bytes;
    }
}
