package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/** What an adapter knows of an HTTP exchange, as client ({@link Kind#HTTP_CLIENT}) or server. */
public abstract class HttpFacts extends CallFacts {

    private final String method;
    private final String scheme;
    private final String host;
    private final int port;
    private final String path;
    private final @Nullable String query;

    /**
     * @param method as on the wire
     * @param scheme {@code http} or {@code https}
     * @param host of the URL (client) or of the {@code Host} header (server), without the port
     * @param port the port, the scheme's default when the URL names none
     * @param path raw, as on the wire
     * @param query raw, without the question mark
     */
    protected HttpFacts(
            Kind kind,
            String instrumentation,
            String method,
            @Nullable String scheme,
            @Nullable String host,
            int port,
            @Nullable String path,
            @Nullable String query) {
        super(kind, instrumentation);
        this.method = method;
        this.scheme = scheme == null ? "http" : scheme;
        this.host = host == null ? "" : host;
        this.port = port > 0 ? port : this.scheme.equals("https") ? 443 : 80;
        this.path = path == null || path.isEmpty() ? "/" : path;
        this.query = query;
    }

    /** The method as on the wire. */
    public final String method() {
        return method;
    }

    /** {@code http} or {@code https}. */
    public final String scheme() {
        return scheme;
    }

    /** The host without the port; empty when unknown. */
    public final String host() {
        return host;
    }

    /** The port; the scheme's default when none was named. */
    public final int port() {
        return port;
    }

    /** The raw path, at least {@code /}. */
    public final String path() {
        return path;
    }

    /** The raw query without the question mark. */
    public final @Nullable String query() {
        return query;
    }

    /**
     * The remote procedure call system that this exchange belongs to, such as {@code grpc}; {@code null} when it is plain
     * HTTP. The path is then {@code /package.Service/Method}, and what counts at the end is the code, not the status.
     */
    public @Nullable String rpcSystem() {
        return null;
    }

    /** Server: the address of the peer as text, to decide on trust; {@code null} when unknown. */
    public @Nullable String peerAddress() {
        return null;
    }

    /** Whether a request header that {@link #header} knows stands there more than once. */
    public boolean repeatsHeader(String name) {
        return false;
    }

    /**
     * Client: the bytes of a body that can be sent again unchanged; {@code null} when there is none, when it can be
     * read only once, or when it is longer than {@code limit}. The array is not changed.
     */
    public byte @Nullable [] replayableBody(int limit) {
        return null;
    }

    /** Client: the length of the body in bytes; -1 when unknown, 0 when there is none. */
    public long bodyLength() {
        return 0;
    }

    /**
     * The {@code traceparent} that is on the wire, where somebody else has written it after the call began; {@code null}
     * where nobody has, or nobody can tell.
     */
    public @Nullable String foreignTraceparent() {
        return null;
    }
}
