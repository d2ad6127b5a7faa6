package dev.weir.instrumentation.mcp;

import dev.weir.bootstrap.McpFacts;
import dev.weir.instrumentation.shared.McpMeta;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request to the other side of a session. */
final class SentFacts extends McpFacts {

    private final Session session;
    private final @Nullable Object params;
    private final Map<String, Object> added = new LinkedHashMap<>();
    private long limitMillis;
    private volatile @Nullable Object sent;
    private volatile @Nullable String requestId;
    private volatile @Nullable Object replyMeta;

    SentFacts(Session session, String method, @Nullable Object params) {
        super(Kind.MCP_CLIENT, "mcp", method);
        this.session = session;
        this.params = params;
    }

    @Override
    public @Nullable String target() {
        return ServedFacts.target(method(), params);
    }

    @Override
    public @Nullable String resource() {
        return Meta.component(params, "uri") instanceof String uri ? uri : null;
    }

    @Override
    public Object @Nullable [] arguments() {
        return Meta.components(params);
    }

    @Override
    public @Nullable String transport() {
        return session.transport;
    }

    @Override
    public String host() {
        return session.host();
    }

    @Override
    public int port() {
        return session.port();
    }

    @Override
    public @Nullable String server() {
        return session.server();
    }

    @Override
    public @Nullable String protocolVersion() {
        return session.protocolVersion();
    }

    @Override
    public @Nullable String requestId() {
        return requestId;
    }

    @Override
    public long callerTimeoutMillis() {
        return session.timeoutMillis;
    }

    @Override
    public boolean limit(long millis) {
        limitMillis = millis;
        return true;
    }

    long limitMillis() {
        return limitMillis;
    }

    @Override
    public @Nullable String header(String name) {
        String ours = McpMeta.text(added, name);
        return ours != null ? ours : McpMeta.text(Meta.of(params), name);
    }

    @Override
    public boolean setHeader(String name, String value) {
        String entry = McpMeta.name(name);
        if (entry == null) return false;
        added.put(entry, McpMeta.value(name, value));
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        return McpMeta.text(replyMeta, name);
    }

    /** The parameters as they go out. */
    @Nullable
    Object toSend() {
        Object outgoing = Meta.with(params, added);
        sent = outgoing;
        return outgoing;
    }

    /** A request has got an id; whether it is this one. */
    void numbered(@Nullable Object id, @Nullable Object ofParams) {
        if (id != null && ofParams == sent && requestId == null) requestId = ServedFacts.id(id);
    }

    /**
     * The answer has come.
     *
     * @return what it says went wrong
     */
    @Nullable
    String answered(Object result) {
        replyMeta = Meta.of(result);
        if (result instanceof McpSchema.InitializeResult initialised) session.initialised(initialised);
        return ServedFacts.code(result);
    }
}
