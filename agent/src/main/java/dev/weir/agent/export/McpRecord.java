package dev.weir.agent.export;

import org.jspecify.annotations.Nullable;

/** What only a request of an MCP session has. */
public record McpRecord(
        @Nullable String transport,
        @Nullable String requestId,
        @Nullable String sessionId,
        @Nullable String protocolVersion,
        @Nullable String resource) {}
