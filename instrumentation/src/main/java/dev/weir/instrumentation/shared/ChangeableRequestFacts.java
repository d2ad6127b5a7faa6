package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.HttpFacts;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a client's request that can be changed until it is written, and whose call can be ended when its time is
 * up.
 *
 * @param <R> the library's request
 * @param <H> what the library has under one name
 */
public abstract class ChangeableRequestFacts<R, H> extends HttpFacts {

    private final OwnHeaders<R, H> headers;
    private CallLimit limit = CallLimit.NONE;

    /**
     * The parameters after the first are those of {@link HttpFacts}.
     *
     * @param carrier how the library's request is read and changed
     */
    protected ChangeableRequestFacts(
            OwnHeaders.Carrier<R, H> carrier,
            String instrumentation,
            String method,
            @Nullable String scheme,
            @Nullable String host,
            int port,
            @Nullable String path,
            @Nullable String query) {
        super(Kind.HTTP_CLIENT, instrumentation, method, scheme, host, port, path, query);
        this.headers = new OwnHeaders<>(carrier);
    }

    /** The value that the request has by itself, the first of several; {@code null} when it has none. */
    protected abstract @Nullable String present(String name);

    /** What Weir adds to the request. */
    public final OwnHeaders<R, H> ownHeaders() {
        return headers;
    }

    /** The time of the call. */
    public final CallLimit limit() {
        return limit;
    }

    @Override
    public final boolean limit(long millis) {
        limit = limit.with(millis);
        return true;
    }

    @Override
    public final @Nullable String header(String name) {
        String own = headers.value(name);
        return own == null ? present(name) : own;
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
}
