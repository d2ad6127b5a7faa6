package dev.weir.instrumentation.mcp;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.McpFacts;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client and a server of MCP, and what is asked of both. */
abstract class McpFixture {

    static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /** What an agent does around a tool call, and a tool inside. */
    static final class Run extends ScopeFacts {

        Run(String name) {
            super(Kind.RUN, "mcp", name);
        }
    }

    @RegisterExtension
    final Woven woven = new Woven(new McpInstrumentation(), new ThreadsInstrumentation());

    final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) open.get(i).close();
    }

    /** The address of a server with sessions, one address for all. */
    String served(ServerCapabilities capabilities, List<McpServerFeatures.SyncToolSpecification> tools)
            throws Exception {
        HttpServletStreamableServerTransportProvider transport =
                HttpServletStreamableServerTransportProvider.builder().build();
        McpSyncServer server = McpServer.sync(transport)
                .serverInfo("tools", "1")
                .capabilities(capabilities)
                .tools(tools)
                .build();
        McpServlet servlet = new McpServlet(transport);
        open.add(servlet);
        open.add(server::close);
        return servlet.url();
    }

    static McpClient.SyncSpec overHttp(String url) {
        return McpClient.sync(HttpClientStreamableHttpTransport.builder(url).build());
    }

    McpSyncClient client(McpClient.SyncSpec spec) {
        McpSyncClient client = spec.requestTimeout(Duration.ofSeconds(30)).build();
        open.add(client::closeGracefully);
        client.initialize();
        return client;
    }

    static CallToolRequest call(String tool) {
        return new CallToolRequest(tool, Map.of("amount", 10));
    }

    static String text(CallToolResult result) {
        return ((TextContent) result.content().get(0)).text();
    }

    List<McpFacts> facts(CallFacts.Kind kind, String method) {
        return woven.agent().begun().stream()
                .filter(facts -> facts.kind() == kind)
                .map(McpFacts.class::cast)
                .filter(facts -> facts.method().equals(method))
                .toList();
    }

    void carry() {
        woven.agent().pull(facts -> {
            if (facts.kind() != CallFacts.Kind.MCP_CLIENT) return;
            if (facts.header("traceparent") == null) facts.setHeader("traceparent", PARENT);
            facts.setHeader("weir-timeout-ms", "5000");
            facts.setHeader("Idempotency-Key", "key");
        });
    }
}
