package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.HttpFacts;
import org.jspecify.annotations.Nullable;

/** What is known of a client's request that cannot be changed, or not yet: what Weir adds is kept until it is written. */
public abstract class FixedRequestFacts extends HttpFacts {

    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    private String[] added = AddedHeaders.NONE;
    private @Nullable String foreignTraceparent;

    /** The parameters are those of {@link HttpFacts}. */
    protected FixedRequestFacts(
            String instrumentation,
            String method,
            @Nullable String scheme,
            @Nullable String host,
            int port,
            @Nullable String path,
            @Nullable String query) {
        super(Kind.HTTP_CLIENT, instrumentation, method, scheme, host, port, path, query);
    }

    /** The value that the request has by itself, the first of several; {@code null} when it has none. */
    protected abstract @Nullable String present(String name);

    /** What Weir adds, as {@link AddedHeaders} keeps it: names and values in turn, and then room. */
    protected final String[] added() {
        return added;
    }

    @Override
    public final @Nullable String header(String name) {
        String own = AddedHeaders.value(added, name);
        return own == null ? present(name) : own;
    }

    @Override
    public boolean setHeader(String name, String value) {
        added = AddedHeaders.set(added, name, value);
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    /** The request is about to be written, and has this {@code traceparent} of somebody else's; {@code null} for none. */
    protected final void foreignTraceparent(@Nullable String written) {
        foreignTraceparent = written;
    }

    @Override
    public final @Nullable String foreignTraceparent() {
        return foreignTraceparent;
    }

    /** Whether what Weir adds under this name is left out: somebody else has written the headers of a trace since. */
    protected final boolean givesWay(String name) {
        return foreignTraceparent != null && (name.equals(TRACEPARENT) || name.equals(TRACESTATE));
    }
}
