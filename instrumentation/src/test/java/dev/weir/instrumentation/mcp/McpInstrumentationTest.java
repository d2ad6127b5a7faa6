package dev.weir.instrumentation.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.McpFacts;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class McpInstrumentationTest extends McpFixture {

    private String served() throws Exception {
        return served(ServerCapabilities.builder().tools(true).build(), ToolServer.tools());
    }

    private McpClient.SyncSpec overHttp() throws Exception {
        return overHttp(served());
    }

    private McpClient.SyncSpec overPipes() {
        ServerParameters parameters = ServerParameters.builder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString())
                .args("-cp", System.getProperty("java.class.path"), ToolServer.class.getName())
                .build();
        return McpClient.sync(new StdioClientTransport(parameters, McpJsonDefaults.getMapper()));
    }

    @Test
    void theContextGoesAlongInMetaOverPipes() {
        carry();
        McpSyncClient client = client(overPipes());
        String meta = text(client.callTool(call("meta")));
        assertEquals("{dev.weir/idempotency-key=key, dev.weir/timeout-ms=5000, traceparent=" + PARENT + "}", meta);
        McpFacts facts = facts(CallFacts.Kind.MCP_CLIENT, "tools/call").get(0);
        assertEquals("meta", facts.target());
        assertEquals("pipe", facts.transport());
        assertEquals("tools", facts.server());
        assertEquals(30_000, facts.callerTimeoutMillis());
        assertTrue(facts.requestId() != null && !facts.requestId().isEmpty());
        assertTrue(facts.protocolVersion() != null && facts.protocolVersion().startsWith("20"));
        assertEquals(List.of("meta", Map.of("amount", 10)), List.of(facts.arguments()));
    }

    @Test
    void theContextGoesAlongInMetaOverHttp() throws Exception {
        carry();
        McpSyncClient client = client(overHttp());
        String meta = text(client.callTool(call("meta")));
        assertEquals("{dev.weir/idempotency-key=key, dev.weir/timeout-ms=5000, traceparent=" + PARENT + "}", meta);
        McpFacts sent = facts(CallFacts.Kind.MCP_CLIENT, "tools/call").get(0);
        assertEquals("tcp", sent.transport());
        assertEquals("127.0.0.1", sent.host());
        assertTrue(sent.port() > 0);
        McpFacts received = facts(CallFacts.Kind.MCP_SERVER, "tools/call").get(0);
        assertEquals("meta", received.target());
        assertEquals(PARENT, received.header("traceparent"));
        assertEquals("5000", received.header("weir-timeout-ms"));
        assertEquals("key", received.header("Idempotency-Key"));
        assertEquals(sent.requestId(), received.requestId());
        assertTrue(received.sessionId() != null && !received.sessionId().isEmpty());
        assertEquals(1, facts(CallFacts.Kind.MCP_SERVER, "initialize").size());
    }

    @Test
    void whatTheApplicationHasPutIntoMetaStays() throws Exception {
        carry();
        McpSyncClient client = client(overHttp());
        String meta = text(client.callTool(
                new CallToolRequest("meta", Map.of(), Map.of("traceparent", "the application's", "own", 7))));
        assertEquals(
                "{dev.weir/idempotency-key=key, dev.weir/timeout-ms=5000, own=7, traceparent=the application's}", meta);
    }

    @Test
    void theCalleesCountsComeBack() throws Exception {
        woven.agent().whenReplying(facts -> facts.setResponseHeader("weir-attempts", "3/2/1"));
        McpSyncClient client = client(overHttp());
        CallToolResult result = client.callTool(call("meta"));
        assertEquals("3/2/1", result.meta().get("dev.weir/attempts"));
        woven.agent().awaitEnds(4);
        assertEquals(
                "3/2/1", facts(CallFacts.Kind.MCP_CLIENT, "tools/call").get(0).responseHeader("weir-attempts"));
    }

    /** A tool that says so itself, one that throws, and one that there is not. */
    @Test
    void failuresAreToldApart() throws Exception {
        assertTrue(client(overHttp()).callTool(call("fail")).isError());
        try {
            // Newer versions make a result of it, older ones an error; over HTTP some just close the connection.
            assertTrue(client(overPipes()).callTool(call("throw")).isError());
        } catch (McpError error) {
            assertTrue(error.getJsonRpcError() != null);
        }
        assertThrows(McpError.class, () -> client(overHttp()).callTool(call("none")));
        List<String> ends = woven.agent().events().stream()
                .filter(event -> event.startsWith("end MCP_CLIENT") && !event.equals("end MCP_CLIENT"))
                .toList();
        assertEquals(3, ends.size(), () -> woven.agent().events().toString());
        assertEquals("end MCP_CLIENT tool_error", ends.get(0));
        assertTrue(
                ends.get(1).equals("end MCP_CLIENT tool_error") || ends.get(1).equals("end MCP_CLIENT -32603"),
                ends::toString);
        assertEquals("end MCP_CLIENT -32602", ends.get(2));
        assertTrue(woven.agent().events().contains("end MCP_SERVER tool_error"));
        assertTrue(woven.agent().events().contains("end MCP_SERVER -32602"));
    }

    @Test
    void aRefusedRequestEndsWithTheErrorOfTheApi() throws Exception {
        McpSyncClient client = client(overHttp());
        woven.agent().deny(facts -> facts.kind() == CallFacts.Kind.MCP_CLIENT);
        McpError refused = assertThrows(McpError.class, () -> client.callTool(call("meta")));
        assertTrue(refused.getMessage().contains("denied by test"), refused::getMessage);
        woven.agent().denyForTime();
        RuntimeException late = assertThrows(RuntimeException.class, () -> client.callTool(call("meta")));
        assertTrue(late.getCause() instanceof TimeoutException, late::toString);
        assertEquals(0, facts(CallFacts.Kind.MCP_SERVER, "tools/call").size());
    }

    @Test
    void aRefusedServiceIsToldToTheCaller() throws Exception {
        McpSyncClient client = client(overHttp());
        woven.agent().deny(facts -> facts.kind() == CallFacts.Kind.MCP_SERVER);
        McpError refused = assertThrows(McpError.class, () -> client.callTool(call("meta")));
        assertTrue(refused.getMessage().contains("denied by test"), refused::getMessage);
        assertEquals("-32603", String.valueOf(refused.getJsonRpcError().code()));
    }

    @Test
    void aRequestCanBeLimited() throws Exception {
        HttpServletStreamableServerTransportProvider transport =
                HttpServletStreamableServerTransportProvider.builder().build();
        CountDownLatch over = new CountDownLatch(1);
        McpSyncServer server = McpServer.sync(transport)
                .serverInfo("tools", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .tools(ToolServer.tool("hang", (exchange, request) -> {
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return ToolServer.text("late");
                }))
                .build();
        McpServlet servlet = new McpServlet(transport);
        open.add(servlet);
        open.add(server::close);
        McpSyncClient client = client(McpClient.sync(
                HttpClientStreamableHttpTransport.builder(servlet.url()).build()));
        woven.agent().pull(facts -> {
            if (facts.kind() == CallFacts.Kind.MCP_CLIENT) assertTrue(facts.limit(300));
        });
        RuntimeException late = assertThrows(RuntimeException.class, () -> client.callTool(call("hang")));
        assertTrue(late.getCause() instanceof TimeoutException, late::toString);
        over.countDown();
        assertTrue(woven.agent().events().contains("end MCP_CLIENT TimeoutException"));
    }

    /** The tool runs on a thread of Reactor's, inside what its caller asked for. */
    @Test
    void toolsRunInsideTheirRequest() throws Exception {
        HttpServletStreamableServerTransportProvider transport =
                HttpServletStreamableServerTransportProvider.builder().build();
        McpSyncServer server = McpServer.sync(transport)
                .serverInfo("tools", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .tools(ToolServer.tool("inside", (exchange, request) -> {
                    Call call = Hooks.begin(new Run("inside"));
                    Hooks.end(call, 0, null);
                    return ToolServer.text(Thread.currentThread().getName());
                }))
                .build();
        McpServlet servlet = new McpServlet(transport);
        open.add(servlet);
        open.add(server::close);
        McpSyncClient client = client(McpClient.sync(
                HttpClientStreamableHttpTransport.builder(servlet.url()).build()));
        String thread = text(client.callTool(call("inside")));
        assertTrue(thread.startsWith("boundedElastic"), thread);
        assertEquals(List.of("MCP_SERVER"), woven.agent().parents(CallFacts.Kind.RUN));
    }

    /** The first request has to wait for the session, and goes out on another thread than its caller's. */
    @Test
    void theFirstRequestIsCausedByItsCallerToo() throws Exception {
        McpAsyncClient client = McpClient.async(
                        HttpClientStreamableHttpTransport.builder(served()).build())
                .requestTimeout(Duration.ofSeconds(30))
                .build();
        open.add(client::close);
        Call run = Hooks.begin(new Run("run"));
        Mono<CallToolResult> first = client.callTool(call("meta"));
        Hooks.leave(run);
        // Whoever waits for the answer asks for more: a sibling, on the thread on which the answer came.
        first.flatMap(result -> client.callTool(call("meta"))).block(Duration.ofSeconds(30));
        Hooks.end(run, 0, null);
        List<String> parents = woven.agent().parents(CallFacts.Kind.MCP_CLIENT);
        assertTrue(parents.size() >= 3, parents::toString);
        assertEquals(List.of("RUN"), parents.stream().distinct().toList());
    }

    @Test
    void eachSubscriptionIsARequestOfItsOwn() throws Exception {
        McpAsyncClient client = McpClient.async(
                        HttpClientStreamableHttpTransport.builder(served()).build())
                .requestTimeout(Duration.ofSeconds(30))
                .build();
        open.add(client::close);
        client.initialize().block(Duration.ofSeconds(30));
        Mono<CallToolResult> again = client.callTool(call("meta"));
        again.block(Duration.ofSeconds(30));
        again.block(Duration.ofSeconds(30));
        List<McpFacts> sent = facts(CallFacts.Kind.MCP_CLIENT, "tools/call");
        assertEquals(2, sent.size());
        assertTrue(!String.valueOf(sent.get(0).requestId()).equals(sent.get(1).requestId()));
    }

    @Test
    void hostileMetaIsNoHeader() throws Exception {
        McpSyncClient client = client(overHttp());
        Map<String, Object> hostile = Map.of(
                "traceparent", List.of("a", "b"),
                "baggage", Map.of("weir.op", "1"),
                "tracestate", 7,
                "dev.weir/timeout-ms", true,
                "dev.weir/idempotency-key", "k".repeat(1 << 20));
        assertTrue(text(client.callTool(new CallToolRequest("meta", Map.of(), hostile)))
                .contains("traceparent"));
        McpFacts received = facts(CallFacts.Kind.MCP_SERVER, "tools/call").get(0);
        assertEquals("\0", received.header("traceparent"));
        assertEquals("\0", received.header("baggage"));
        assertEquals("\0", received.header("weir-timeout-ms"));
        assertEquals("7", received.header("tracestate"));
        assertNull(received.header("X-Forwarded-For"));
    }

    @Test
    void otherRequestsAreFollowedToo() throws Exception {
        McpSyncClient client = client(overHttp());
        assertEquals(3, client.listTools().tools().size());
        client.ping();
        assertTrue(woven.agent().begun().stream()
                .filter(facts -> facts.kind() == CallFacts.Kind.MCP_SERVER)
                .map(facts -> ((McpFacts) facts).method())
                .toList()
                .containsAll(List.of("initialize", "tools/list", "ping")));
        assertNull(facts(CallFacts.Kind.MCP_CLIENT, "tools/list").get(0).target());
    }
}
