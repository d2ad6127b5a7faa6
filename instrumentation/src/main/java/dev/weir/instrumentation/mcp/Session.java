package dev.weir.instrumentation.mcp;

import dev.weir.bootstrap.WeakIdentityMap;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is known of a session besides its requests. */
final class Session {

    static final String PIPE = "pipe";
    static final String TCP = "tcp";

    private static final int MOST = 1 << 14;
    private static final WeakIdentityMap<Session> SESSIONS = new WeakIdentityMap<>(MOST);
    private static final ThreadLocal<@Nullable URI> CONNECTED = new ThreadLocal<>();
    private static final Session UNKNOWN = new Session(0, null, null);

    final long timeoutMillis;
    final @Nullable String transport;
    private final @Nullable URI base;
    private volatile McpSchema.@Nullable InitializeResult initialised;

    private Session(long timeoutMillis, @Nullable String transport, @Nullable URI base) {
        this.timeoutMillis = timeoutMillis;
        this.transport = transport;
        this.base = base;
    }

    /** A session has been made. */
    static void begin(
            @Nullable Object session, @Nullable Duration timeout, @Nullable String transport, @Nullable URI base) {
        if (session == null) return;
        long millis = timeout == null ? 0 : timeout.compareTo(Duration.ofDays(1)) > 0 ? 0 : timeout.toMillis();
        SESSIONS.put(session, new Session(millis, transport, base));
    }

    static Session of(Object session) {
        Session known = SESSIONS.get(session);
        return known == null ? UNKNOWN : known;
    }

    /** How its messages travel, by the name that the SDK gives its transports. */
    static @Nullable String transport(@Nullable Object transport) {
        if (transport == null) return null;
        String name = transport.getClass().getName();
        if (name.contains("Stdio")) return PIPE;
        return name.contains("Http") || name.contains("Sse") || name.contains("Web") ? TCP : null;
    }

    /** A transport on this thread connects to this. */
    static void connecting(@Nullable URI base) {
        CONNECTED.set(base);
    }

    /** What the transport that connected last on this thread connected to. */
    static @Nullable URI connected() {
        URI base = CONNECTED.get();
        CONNECTED.remove();
        return base;
    }

    /** The other side has said who it is. */
    void initialised(McpSchema.InitializeResult result) {
        if (this != UNKNOWN) initialised = result;
    }

    String host() {
        return base == null || base.getHost() == null ? "" : base.getHost();
    }

    int port() {
        if (base == null || base.getPort() > 0) return base == null ? 0 : base.getPort();
        return "https".equals(base.getScheme()) ? 443 : 80;
    }

    @Nullable
    String server() {
        McpSchema.InitializeResult result = initialised;
        return result == null || result.serverInfo() == null
                ? null
                : result.serverInfo().name();
    }

    @Nullable
    String protocolVersion() {
        McpSchema.InitializeResult result = initialised;
        return result == null ? null : result.protocolVersion();
    }
}
