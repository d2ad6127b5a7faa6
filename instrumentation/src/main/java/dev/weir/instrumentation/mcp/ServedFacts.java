package dev.weir.instrumentation.mcp;

import dev.weir.bootstrap.McpFacts;
import dev.weir.instrumentation.shared.McpMeta;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request from the other side of a session. */
final class ServedFacts extends McpFacts {

    private static final String TOOL_ERROR = "tool_error";

    private final @Nullable Object params;
    private final @Nullable String transport;
    private final @Nullable String sessionId;
    private final @Nullable String requestId;
    private final Map<String, Object> added = new LinkedHashMap<>(2);

    ServedFacts(
            String method,
            @Nullable Object params,
            @Nullable String transport,
            @Nullable String sessionId,
            @Nullable String requestId) {
        super(Kind.MCP_SERVER, "mcp", method);
        this.params = params;
        this.transport = transport;
        this.sessionId = sessionId;
        this.requestId = requestId;
    }

    /** The tool or prompt that parameters name. */
    static @Nullable String target(String method, @Nullable Object params) {
        if (!method.equals("tools/call") && !method.equals("prompts/get")) return null;
        return Meta.component(params, "name") instanceof String name ? name : null;
    }

    /** What a result says went wrong. */
    static @Nullable String code(Object result) {
        return result instanceof McpSchema.CallToolResult tool && Boolean.TRUE.equals(tool.isError())
                ? TOOL_ERROR
                : null;
    }

    /** A request's id as text: the protocol knows strings and whole numbers. */
    static @Nullable String id(Object id) {
        return id instanceof String || id instanceof Integer || id instanceof Long ? id.toString() : null;
    }

    @Override
    public @Nullable String target() {
        return target(method(), params);
    }

    @Override
    public @Nullable String resource() {
        return Meta.component(params, "uri") instanceof String uri ? uri : null;
    }

    @Override
    public @Nullable String transport() {
        return transport;
    }

    @Override
    public @Nullable String sessionId() {
        return sessionId;
    }

    @Override
    public @Nullable String requestId() {
        return requestId;
    }

    @Override
    public @Nullable String header(String name) {
        return McpMeta.text(Meta.of(params), name);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        String entry = McpMeta.name(name);
        if (entry == null) return false;
        added.put(entry, value);
        return true;
    }

    /** The result as it goes back. */
    Object toReply(Object result) {
        Object reply = Meta.with(result, added);
        return reply == null ? result : reply;
    }
}
