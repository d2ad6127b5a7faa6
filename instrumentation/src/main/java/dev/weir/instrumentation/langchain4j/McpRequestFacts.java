package dev.weir.instrumentation.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.mcp.protocol.McpCallToolParams;
import dev.langchain4j.mcp.protocol.McpClientMessage;
import dev.langchain4j.mcp.protocol.McpClientParams;
import dev.langchain4j.mcp.protocol.McpClientRequest;
import dev.langchain4j.mcp.protocol.McpGetPromptParams;
import dev.langchain4j.mcp.protocol.McpReadResourceParams;
import dev.weir.bootstrap.McpFacts;
import dev.weir.instrumentation.shared.McpMeta;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request to an MCP server. */
final class McpRequestFacts extends McpFacts {

    private final McpClientMessage message;
    private final @Nullable URI server;
    private long limitMillis;
    private volatile @Nullable JsonNode reply;

    /** @param server where it is, {@code null} for a process of our own */
    McpRequestFacts(McpClientMessage message, @Nullable URI server) {
        super(Kind.MCP_CLIENT, "langchain4j-mcp", method(message));
        this.message = message;
        this.server = server;
    }

    /** {@code TOOLS_CALL} is {@code tools/call}. */
    static String method(McpClientMessage message) {
        return message.method == null
                ? ""
                : message.method.name().toLowerCase(Locale.ROOT).replace('_', '/');
    }

    private @Nullable McpClientParams params() {
        return message instanceof McpClientRequest request ? request.getParams() : null;
    }

    @Override
    public @Nullable String target() {
        McpClientParams params = params();
        if (params instanceof McpCallToolParams tool) return tool.getName();
        return params instanceof McpGetPromptParams prompt ? prompt.getName() : null;
    }

    @Override
    public @Nullable String resource() {
        return params() instanceof McpReadResourceParams resource ? resource.getUri() : null;
    }

    @Override
    public Object @Nullable [] arguments() {
        McpClientParams params = params();
        if (params instanceof McpCallToolParams tool && tool.getArguments() != null) {
            return new Object[] {tool.getName(), tool.getArguments().toString()};
        }
        if (params instanceof McpGetPromptParams prompt && prompt.getArguments() != null) {
            return new Object[] {prompt.getName(), prompt.getArguments()};
        }
        return null;
    }

    @Override
    public String transport() {
        return server == null ? "pipe" : "tcp";
    }

    @Override
    public String host() {
        return server == null || server.getHost() == null ? "" : server.getHost();
    }

    @Override
    public int port() {
        if (server == null) return 0;
        if (server.getPort() > 0) return server.getPort();
        boolean secure = "https".equals(server.getScheme()) || "wss".equals(server.getScheme());
        return secure ? 443 : 80;
    }

    @Override
    public @Nullable String requestId() {
        return message.getId() == null ? null : message.getId().toString();
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
        McpClientParams params = params();
        return params == null ? null : McpMeta.text(params.getMeta(), name);
    }

    @Override
    public boolean setHeader(String name, String value) {
        String entry = McpMeta.name(name);
        if (entry == null || !(message instanceof McpClientRequest request)) return false;
        McpClientParams params = request.getParams();
        if (params == null) {
            params = new McpClientParams();
            request.setParams(params);
        }
        // The application's own map may be one that it uses again, or that cannot be changed.
        Map<String, Object> entries =
                params.getMeta() == null ? new LinkedHashMap<>() : new LinkedHashMap<>(params.getMeta());
        entries.put(entry, McpMeta.value(name, value));
        params.setMeta(entries);
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        String entry = McpMeta.name(name);
        if (reply == null || entry == null) return null;
        JsonNode value = reply.path("result").path(McpMeta.ENTRY).path(entry);
        return value.isTextual() || value.isIntegralNumber() ? value.asText() : null;
    }

    /**
     * The answer has come.
     *
     * @return the code of what it says went wrong
     */
    @Nullable
    String answered(@Nullable JsonNode answer) {
        if (answer == null) return null;
        reply = answer;
        JsonNode error = answer.path("error").path("code");
        if (error.isIntegralNumber()) return error.asText();
        return answer.path("result").path("isError").asBoolean() ? "tool_error" : null;
    }
}
