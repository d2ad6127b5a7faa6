package dev.weir.instrumentation.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.McpFacts;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.HttpServletSseServerTransportProvider;
import io.modelcontextprotocol.server.transport.HttpServletStatelessServerTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Root;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kinds of servers that the SDK has over HTTP: what holds for one holds for all. */
class McpServersTest extends McpFixture {

    /** How a server's sessions are kept, and how its messages travel. */
    enum Kind {
        STREAMABLE,
        STATELESS,
        SSE
    }

    // ---- servers

    /** A tool that does not need its session. */
    private record Plain(String name, BiFunction<Object, CallToolRequest, CallToolResult> handler) {

        McpServerFeatures.SyncToolSpecification ofSession() {
            return ToolServer.tool(name, handler::apply);
        }

        McpStatelessServerFeatures.SyncToolSpecification stateless() {
            return McpStatelessServerFeatures.SyncToolSpecification.builder()
                    .tool(ToolServer.described(name))
                    .callHandler(handler::apply)
                    .build();
        }
    }

    private static final List<Plain> TOOLS = List.of(
            new Plain("meta", ToolServer::meta),
            new Plain(
                    "fail",
                    (session, request) -> CallToolResult.builder()
                            .addTextContent("the store is closed")
                            .isError(true)
                            .build()),
            new Plain("inside", (session, request) -> {
                Call call = Hooks.begin(new Run("inside"));
                Hooks.end(call, 0, null);
                return ToolServer.text(Thread.currentThread().getName());
            }));

    private McpClient.SyncSpec spec(Kind kind) throws Exception {
        if (kind != Kind.STATELESS) {
            return spec(kind, TOOLS.stream().map(Plain::ofSession).toList());
        }
        HttpServletStatelessServerTransport transport =
                HttpServletStatelessServerTransport.builder().build();
        McpStatelessSyncServer server = McpServer.sync(transport)
                .serverInfo("tools", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .tools(TOOLS.stream().map(Plain::stateless).toList())
                .build();
        McpServlet servlet = new McpServlet(transport);
        open.add(servlet);
        open.add(server::close);
        return McpClient.sync(
                HttpClientStreamableHttpTransport.builder(servlet.url()).build());
    }

    /** A server with sessions. */
    private McpClient.SyncSpec spec(Kind kind, List<McpServerFeatures.SyncToolSpecification> tools) throws Exception {
        ServerCapabilities capabilities =
                ServerCapabilities.builder().tools(true).logging().build();
        if (kind == Kind.SSE) {
            HttpServletSseServerTransportProvider transport = HttpServletSseServerTransportProvider.builder()
                    .messageEndpoint("/message")
                    .build();
            McpSyncServer server = McpServer.sync(transport)
                    .serverInfo("tools", "1")
                    .capabilities(capabilities)
                    .tools(tools)
                    .build();
            McpServlet servlet = new McpServlet(transport);
            open.add(servlet);
            open.add(server::close);
            return McpClient.sync(
                    HttpClientSseClientTransport.builder(servlet.url()).build());
        }
        return overHttp(served(capabilities, tools));
    }

    // ---- requests

    @ParameterizedTest
    @EnumSource
    void theContextGoesAlongInMeta(Kind kind) throws Exception {
        carry();
        woven.agent().whenReplying(facts -> facts.setResponseHeader("weir-attempts", "3/2/1"));
        CallToolResult result = client(spec(kind)).callTool(call("meta"));
        assertEquals(
                "{dev.weir/idempotency-key=key, dev.weir/timeout-ms=5000, traceparent=" + PARENT + "}", text(result));
        assertEquals("3/2/1", result.meta().get("dev.weir/attempts"));
        McpFacts sent = facts(CallFacts.Kind.MCP_CLIENT, "tools/call").get(0);
        assertEquals("tcp", sent.transport());
        assertEquals("127.0.0.1", sent.host());
        assertTrue(sent.port() > 0);
        assertEquals("tools", sent.server());
        McpFacts received = facts(CallFacts.Kind.MCP_SERVER, "tools/call").get(0);
        assertEquals("meta", received.target());
        assertEquals(PARENT, received.header("traceparent"));
        assertEquals("key", received.header("Idempotency-Key"));
        assertEquals(sent.requestId(), received.requestId());
        assertEquals("tcp", received.transport());
        if (kind == Kind.STATELESS) assertNull(received.sessionId());
        else assertTrue(received.sessionId() != null && !received.sessionId().isEmpty());
        assertEquals(1, facts(CallFacts.Kind.MCP_CLIENT, "initialize").size());
        assertEquals(1, facts(CallFacts.Kind.MCP_SERVER, "initialize").size());
    }

    @ParameterizedTest
    @EnumSource
    void toolsRunInsideTheirRequest(Kind kind) throws Exception {
        McpSyncClient client = client(spec(kind));
        String thread = text(client.callTool(call("inside")));
        assertTrue(thread.startsWith("boundedElastic"), thread);
        assertEquals(List.of("MCP_SERVER"), woven.agent().parents(CallFacts.Kind.RUN));
    }

    @ParameterizedTest
    @EnumSource
    void failuresAreToldApart(Kind kind) throws Exception {
        McpSyncClient client = client(spec(kind));
        assertTrue(client.callTool(call("fail")).isError());
        assertThrows(McpError.class, () -> client.callTool(call("none")));
        woven.agent().deny(facts -> facts.kind() == CallFacts.Kind.MCP_SERVER);
        McpError refused = assertThrows(McpError.class, () -> client.callTool(call("meta")));
        assertTrue(refused.getMessage().contains("denied by test"), refused::getMessage);
        List<String> ends = woven.agent().events().stream()
                .filter(event -> event.matches("end MCP_CLIENT .+"))
                .toList();
        assertEquals(List.of("end MCP_CLIENT tool_error", "end MCP_CLIENT -32602", "end MCP_CLIENT -32603"), ends);
        assertTrue(woven.agent().events().contains("end MCP_SERVER tool_error"));
        assertTrue(woven.agent().events().contains("end MCP_SERVER -32602"));
    }

    /** A tool asks its caller back. */
    @ParameterizedTest
    @EnumSource(names = "STATELESS", mode = EnumSource.Mode.EXCLUDE)
    void whatTheServerAsksIsPartOfItsTool(Kind kind) throws Exception {
        carry();
        McpSyncClient client = client(spec(
                        kind,
                        List.of(ToolServer.tool(
                                "ask",
                                (exchange, request) -> ToolServer.text(
                                        exchange.listRoots().roots().get(0).uri()))))
                .capabilities(ClientCapabilities.builder().roots(true).build())
                .roots(new Root("file:///home", "home")));
        assertEquals("file:///home", text(client.callTool(call("ask"))));
        McpFacts asked = facts(CallFacts.Kind.MCP_CLIENT, "roots/list").get(0);
        McpFacts answering = facts(CallFacts.Kind.MCP_SERVER, "roots/list").get(0);
        assertEquals(asked.requestId(), answering.requestId());
        assertEquals(PARENT, answering.header("traceparent"));
        // The client's own requests have no parent here.
        assertTrue(woven.agent().parents(CallFacts.Kind.MCP_CLIENT).contains("MCP_SERVER"));
    }

    // ---- notifications

    private static CallToolResult notify(McpSyncServerExchange exchange, CallToolRequest request) {
        exchange.loggingNotification(
                new LoggingMessageNotification(LoggingLevel.ERROR, "tool", "logged", Map.of("own", "7")));
        exchange.progressNotification(new ProgressNotification("token", 0.5, 1.0, "half", Map.of("own", "8")));
        return ToolServer.text("told");
    }

    /** They are no requests: nobody answers, and nothing is added to what the application says. */
    @ParameterizedTest
    @EnumSource(names = "STATELESS", mode = EnumSource.Mode.EXCLUDE)
    void notificationsAreLeftAlone(Kind kind) throws Exception {
        carry();
        BlockingQueue<Map<String, Object>> heard = new LinkedBlockingQueue<>();
        McpSyncClient client = client(spec(kind, List.of(ToolServer.tool("notify", McpServersTest::notify)))
                .capabilities(ClientCapabilities.builder().roots(true).build())
                .loggingConsumer(notification -> heard.add(notification.meta()))
                .progressConsumer(notification -> heard.add(notification.meta())));
        assertEquals("told", text(client.callTool(call("notify"))));
        client.rootsListChangedNotification();
        List<Map<String, Object>> metas = new ArrayList<>();
        for (int i = 0; i < 2; i++) metas.add(heard.poll(30, TimeUnit.SECONDS));
        assertTrue(metas.contains(Map.of("own", "7")) && metas.contains(Map.of("own", "8")), metas::toString);
        List<String> methods = woven.agent().begun().stream()
                .filter(McpFacts.class::isInstance)
                .map(facts -> ((McpFacts) facts).method())
                .filter(method -> method.startsWith("notifications/"))
                .toList();
        assertEquals(List.of(), methods);
    }
}
