package dev.weir.instrumentation.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.protocol.McpClientMessage;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Entered;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** LangChain4j's own client of the Model Context Protocol: each request, with what it carries in {@code _meta}. */
public final class LangChain4jMcpInstrumentation implements Instrumentation {

    private static final String TRANSPORT = "dev.langchain4j.mcp.client.transport.";
    private static final String CONTEXT = "dev.langchain4j.mcp.client.McpCallContext";
    private static final String INITIALIZE = "dev.langchain4j.mcp.protocol.McpInitializeRequest";

    @Override
    public String name() {
        return "langchain4j-mcp";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(TRANSPORT + "stdio.StdioMcpTransport")
                .exactly("executeOperationWithResponse", "Pipe", CONTEXT)
                .exactly("initialize", "InitializePipe", INITIALIZE);
        remote(weaving, "http.StreamableHttpMcpTransport", "url");
        remote(weaving, "http.HttpMcpTransport", "sseUrl");
        remote(weaving, "websocket.WebSocketMcpTransport", "url");
        weaving.type("dev.langchain4j.mcp.transport.stdio.JsonRpcIoHandler").exactly("run", "Pump");
    }

    private static void remote(Weaving weaving, String transport, String url) {
        weaving.type(TRANSPORT + transport)
                .exactly("executeOperationWithResponse", "Send", CONTEXT)
                .fieldForReceiver(url)
                .exactly("initialize", "Initialize", INITIALIZE)
                .fieldForReceiver(url);
    }

    private static @Nullable Call begin(@Nullable McpClientMessage message, @Nullable String url) {
        // Asking whether the server is still there causes nothing.
        if (message == null || McpRequestFacts.method(message).equals("ping")) return null;
        URI server = null;
        try {
            if (url != null) server = new URI(url);
        } catch (URISyntaxException e) {
            // The transport will say so.
        }
        return Hooks.begin(new McpRequestFacts(message, server));
    }

    private static @Nullable CompletableFuture<JsonNode> end(
            @Nullable Call call, @Nullable CompletableFuture<JsonNode> promised, @Nullable Throwable thrown) {
        if (call instanceof Call.Denied denied) {
            return CompletableFuture.failedFuture(
                    denied.timeout() ? new TimeoutException(denied.message()) : new IOException(denied.message()));
        }
        if (call == null || !(call.facts() instanceof McpRequestFacts facts)) return promised;
        if (promised == null) {
            Hooks.end(call, 0, thrown);
            return null;
        }
        Hooks.leave(call);
        CompletableFuture<JsonNode> limited = facts.limitMillis() <= 0
                ? promised
                : promised.copy().orTimeout(facts.limitMillis(), TimeUnit.MILLISECONDS);
        limited.whenComplete((answer, failure) -> Hooks.end(call, 0, facts.answered(answer), failure));
        return limited;
    }

    static final class Pipe {

        static @Nullable Call enter(Object transport, McpCallContext context) {
            return begin(context.message(), null);
        }

        static @Nullable CompletableFuture<JsonNode> exit(
                @Nullable Call call, @Nullable CompletableFuture<JsonNode> promised, @Nullable Throwable thrown) {
            return end(call, promised, thrown);
        }
    }

    static final class InitializePipe {

        static @Nullable Call enter(Object transport, McpClientMessage request) {
            return begin(request, null);
        }

        static @Nullable CompletableFuture<JsonNode> exit(
                @Nullable Call call, @Nullable CompletableFuture<JsonNode> promised, @Nullable Throwable thrown) {
            return end(call, promised, thrown);
        }
    }

    static final class Send {

        static @Nullable Call enter(@Nullable String url, McpCallContext context) {
            return begin(context.message(), url == null ? "" : url);
        }

        static @Nullable CompletableFuture<JsonNode> exit(
                @Nullable Call call, @Nullable CompletableFuture<JsonNode> promised, @Nullable Throwable thrown) {
            return end(call, promised, thrown);
        }
    }

    static final class Initialize {

        static @Nullable Call enter(@Nullable String url, McpClientMessage request) {
            return begin(request, url == null ? "" : url);
        }

        static @Nullable CompletableFuture<JsonNode> exit(
                @Nullable Call call, @Nullable CompletableFuture<JsonNode> promised, @Nullable Throwable thrown) {
            return end(call, promised, thrown);
        }
    }

    /** Reads what the server says, as long as that runs: whatever happened to start it causes none of it. */
    static final class Pump {

        static Entered enter() {
            return new Entered(null);
        }

        static void exit(Entered entered) {
            entered.exit();
        }
    }
}
