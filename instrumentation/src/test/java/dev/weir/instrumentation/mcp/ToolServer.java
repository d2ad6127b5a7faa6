package dev.weir.instrumentation.mcp;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** An MCP server whose tools say what they were called with. As a program it speaks on its standard streams. */
public final class ToolServer {

    private ToolServer() {}

    static SyncToolSpecification tool(
            String name, BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> handler) {
        return SyncToolSpecification.builder()
                .tool(described(name))
                .callHandler(handler)
                .build();
    }

    static Tool described(String name) {
        return Tool.builder()
                .name(name)
                .description(name)
                .inputSchema(McpJsonDefaults.getMapper(), "{\"type\":\"object\"}")
                .build();
    }

    /** Answers with the {@code _meta} that it was called with, in order. */
    static CallToolResult meta(@Nullable Object exchange, CallToolRequest request) {
        Map<String, Object> meta = request.meta() == null ? Map.of() : new TreeMap<>(request.meta());
        return text(meta.toString());
    }

    static CallToolResult text(String text) {
        return CallToolResult.builder().addTextContent(text).isError(false).build();
    }

    static List<SyncToolSpecification> tools() {
        return List.of(
                tool("meta", ToolServer::meta),
                tool(
                        "fail",
                        (exchange, request) -> CallToolResult.builder()
                                .addTextContent("the store is closed")
                                .isError(true)
                                .build()),
                tool("throw", (exchange, request) -> {
                    throw new IllegalStateException("the tool's own");
                }));
    }

    public static void main(String[] arguments) {
        // Whatever logs, in whichever class path, must not log into the protocol.
        PrintStream protocol = System.out;
        System.setOut(System.err);
        McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper(), System.in, protocol))
                .serverInfo("tools", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .tools(tools())
                .build();
        // Whoever started it may be killed.
        ProcessHandle.current().parent().orElseThrow().onExit().join();
    }
}
