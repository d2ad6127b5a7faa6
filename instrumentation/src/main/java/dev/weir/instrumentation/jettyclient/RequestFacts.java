package dev.weir.instrumentation.jettyclient;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.ChangeableRequestFacts;
import dev.weir.instrumentation.shared.OwnHeaders;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.client.ByteBufferRequestContent;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one exchange. It stands in an attribute of its request, which Jetty does not copy: a redirect begins
 * without. Headers are set on the request itself, and taken back before a redirect is made of it.
 */
final class RequestFacts extends ChangeableRequestFacts<Request, List<String>> {

    private static final String ATTRIBUTE = "dev.weir.call";

    private static final OwnHeaders.Values<Request> HEADERS = new OwnHeaders.Values<>() {
        @Override
        public List<String> all(Request request, String name) {
            return request.getHeaders().getValuesList(name);
        }

        @Override
        public void set(Request request, String name, List<String> values) {
            request.headers(headers -> headers.put(name, values));
        }
    };

    private final Request request;
    private final boolean waits;
    private final @Nullable Object cause;
    private final AtomicBoolean over = new AtomicBoolean();
    private @Nullable Call call;
    private volatile @Nullable Response response;

    RequestFacts(Request request, boolean waits) {
        super(
                HEADERS,
                "jetty-client",
                request.getMethod(),
                request.getScheme(),
                request.getHost(),
                request.getPort(),
                request.getPath(),
                request.getQuery());
        this.request = request;
        this.waits = waits;
        this.cause = Hooks.capture();
    }

    static @Nullable RequestFacts of(@Nullable Request request) {
        return request != null && request.getAttributes().get(ATTRIBUTE) instanceof RequestFacts facts ? facts : null;
    }

    /** Begins the call, and leaves it: whatever comes next may come on any thread. */
    @Nullable
    Call begin() {
        Call begun = Hooks.begin(this);
        if (begun == null || begun instanceof Call.Denied) return begun;
        call = begun;
        ownHeaders().put(request);
        Hooks.leave(begun);
        request.attribute(ATTRIBUTE, this);
        if (limit().isSet()) limit().start(this::expire);
        return begun;
    }

    private void expire() {
        if (!over.get()) request.abort(new TimeoutException(DeadlineTimer.PASSED));
    }

    /** The exchange is complete, or failed. */
    void end(@Nullable Response last, @Nullable Throwable thrown) {
        if (!over.compareAndSet(false, true)) return;
        response = last;
        limit().cancel();
        ownHeaders().takeBack();
        Hooks.end(call, last == null ? 0 : last.getStatus(), thrown);
    }

    boolean isOver() {
        return over.get();
    }

    /** What the request was made in. */
    @Nullable
    Object cause() {
        return cause;
    }

    @Override
    public boolean waits() {
        return waits;
    }

    @Override
    public long callerTimeoutMillis() {
        return Math.max(0, request.getTimeout());
    }

    @Override
    protected @Nullable String present(String name) {
        return request.getHeaders().get(name);
    }

    @Override
    public boolean repeatsHeader(String name) {
        return request.getHeaders().getValuesList(name).size() > 1;
    }

    @Override
    public @Nullable String responseHeader(String name) {
        Response answer = response;
        return answer == null ? null : answer.getHeaders().get(name);
    }

    @Override
    public long bodyLength() {
        Request.Content body = request.getBody();
        return body == null ? 0 : body.getLength();
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        long length = bodyLength();
        if (length <= 0 || length > limit || !(request.getBody() instanceof ByteBufferRequestContent content)) {
            return null;
        }
        byte[] bytes = new byte[(int) length];
        int taken = 0;
        for (ByteBuffer buffer : content.getByteBuffers()) {
            int size = Math.min(buffer.remaining(), bytes.length - taken);
            buffer.slice().get(bytes, taken, size);
            taken += size;
        }
        return taken == bytes.length ? bytes : null;
    }
}
