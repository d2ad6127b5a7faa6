package dev.weir.instrumentation.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;
import dev.langchain4j.mcp.client.transport.stdio.StdioMcpTransport;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.CallFacts.Kind;
import dev.weir.bootstrap.McpFacts;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import sample.langchain4j.PipeServer;

class LangChain4jMcpInstrumentationTest {

    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*(\\d+)");

    @RegisterExtension
    final Woven woven = new Woven(new LangChain4jMcpInstrumentation());

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Function<String, String> tools = request -> result("called");
    private HttpServer server;
    private McpClient client;

    private static String result(String text) {
        return "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"" + text
                + "\"}],\"_meta\":{\"dev.weir/attempts\":\"1/1/1.0\"}}";
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/mcp", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void close() throws Exception {
        if (client != null) client.close();
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private McpClient connect() {
        client = DefaultMcpClient.builder()
                .transport(StreamableHttpMcpTransport.builder()
                        .url("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp")
                        .build())
                .toolExecutionTimeout(Duration.ofSeconds(30))
                .build();
        return client;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(body);
            Matcher id = ID.matcher(body);
            if (!exchange.getRequestMethod().equals("POST") || !id.find()) {
                exchange.sendResponseHeaders(exchange.getRequestMethod().equals("POST") ? 202 : 405, -1);
                return;
            }
            String answer = body.contains("\"initialize\"")
                    ? "\"result\":{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}},"
                            + "\"serverInfo\":{\"name\":\"test\",\"version\":\"1\"}}"
                    : body.contains("\"ping\"") ? "\"result\":{}" : tools.apply(body);
            byte[] bytes = ("{\"jsonrpc\":\"2.0\",\"id\":" + id.group(1) + "," + answer + "}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static ToolExecutionRequest call(String arguments) {
        return ToolExecutionRequest.builder()
                .id("call_1")
                .name("charge")
                .arguments(arguments)
                .build();
    }

    private String sent(String word) {
        return requests.stream().filter(r -> r.contains(word)).findFirst().orElseThrow();
    }

    private McpFacts last() {
        List<CallFacts> begun = woven.agent().begun();
        return (McpFacts) begun.get(begun.size() - 1);
    }

    @Test
    void aRequestCarriesWhatCausedItInMeta() {
        woven.agent().pull(facts -> {
            assertTrue(facts.setHeader("traceparent", "00-1-2-01"));
            assertTrue(facts.setHeader("weir-timeout-ms", "1500"));
            assertFalse(facts.setHeader("X-Other", "no place"));
        });
        connect().executeTool(call("{\"cents\":5}"));
        String sent = sent("tools/call");
        assertTrue(sent.contains("\"_meta\""), sent);
        assertTrue(sent.replace(" ", "").contains("\"traceparent\":\"00-1-2-01\""), sent);
        assertTrue(sent.replace(" ", "").contains("\"dev.weir/timeout-ms\":1500"), sent);
        assertTrue(sent("initialize").contains("00-1-2-01"));

        McpFacts facts = last();
        assertEquals(Kind.MCP_CLIENT, facts.kind());
        assertEquals("tools/call", facts.method());
        assertEquals("charge", facts.target());
        assertEquals("tcp", facts.transport());
        assertEquals("127.0.0.1", facts.host());
        assertEquals(server.getAddress().getPort(), facts.port());
        assertNotNull(facts.requestId());
        assertEquals("{\"cents\":5}", facts.arguments()[1]);
        assertEquals("00-1-2-01", facts.header("traceparent"));
        assertEquals("1/1/1.0", facts.responseHeader("weir-attempts"));
        assertNull(facts.responseHeader("traceparent"));
        assertEquals(
                2,
                woven.agent().events().stream()
                        .filter(e -> e.equals("end MCP_CLIENT"))
                        .count());
    }

    @Test
    void whatTheServerSaysWentWrongIsTheCode() throws InterruptedException {
        tools = request -> "\"result\":{\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"no\"}]}";
        connect();
        try {
            client.executeTool(call("{}"));
        } catch (RuntimeException e) {
            // Some versions throw, some answer.
        }
        woven.agent().awaitEnds(2);
        assertTrue(woven.agent().events().contains("end MCP_CLIENT tool_error"));
        tools = request -> "\"error\":{\"code\":-32602,\"message\":\"no such tool\"}";
        assertThrows(RuntimeException.class, () -> client.executeTool(call("{}")));
        woven.agent().awaitEnds(3);
        assertTrue(woven.agent().events().contains("end MCP_CLIENT -32602"));
    }

    @Test
    void aDeniedRequestIsNotSent() {
        connect();
        woven.agent().deny(facts -> true);
        RuntimeException failure = assertThrows(RuntimeException.class, () -> client.executeTool(call("{}")));
        assertTrue(String.valueOf(failure).contains("denied by test"), failure::toString);
        assertTrue(requests.stream().noneMatch(r -> r.contains("tools/call")));
    }

    @Test
    void aLimitEndsTheWaiting() throws InterruptedException {
        connect();
        woven.agent().pull(facts -> facts.limit(200));
        tools = request -> {
            try {
                end.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return result("late");
        };
        assertThrows(RuntimeException.class, () -> client.executeTool(call("{}")));
        woven.agent().awaitEnds(2);
        assertTrue(woven.agent().events().contains("end MCP_CLIENT TimeoutException"));
    }

    @Test
    void askingWhetherItIsThereIsNoCall() {
        connect();
        int before = woven.agent().events().size();
        client.checkHealth();
        assertEquals(before, woven.agent().events().size());
    }

    @Test
    void aServerThatWeStartedIsAskedOverAPipe() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", "00-1-2-01"));
        client = DefaultMcpClient.builder()
                .transport(StdioMcpTransport.builder()
                        .command(List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                Path.of(PipeServer.class
                                                .getProtectionDomain()
                                                .getCodeSource()
                                                .getLocation()
                                                .toURI())
                                        .toString(),
                                PipeServer.class.getName()))
                        .environment(Map.of())
                        .build())
                .toolExecutionTimeout(Duration.ofSeconds(30))
                .build();
        // It answers with what it was sent.
        String answer = client.executeTool(call("{}")).resultText();
        assertTrue(answer.contains("00-1-2-01"), answer);
        assertEquals("pipe", last().transport());
        assertEquals("", last().host());
        assertEquals(0, last().port());
    }
}
