package example.adk;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Has one tool, which charges: {@code <payments>}. What goes wrong there is an error of the protocol. */
public final class ToolServer {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private ToolServer() {}

    public static void main(String[] arguments) {
        URI payments = URI.create(arguments[0]);
        SyncToolSpecification charge = SyncToolSpecification.builder()
                .tool(Tool.builder()
                        .name("charge")
                        .description("charges a customer")
                        .inputSchema(
                                McpJsonDefaults.getMapper(),
                                "{\"type\":\"object\",\"properties\":{\"cents\":{\"type\":\"integer\"}}}")
                        .build())
                .callHandler((exchange, request) -> charge(payments, request))
                .build();
        McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper()))
                .serverInfo("payments", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .tools(charge)
                .build();
        // Whoever started it may be killed.
        ProcessHandle.current().parent().orElseThrow().onExit().join();
    }

    private static CallToolResult charge(URI payments, CallToolRequest request) {
        int status;
        try {
            status = CLIENT.send(
                            HttpRequest.newBuilder(payments)
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "{\"cents\": " + request.arguments().get("cents") + "}"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw failed(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted");
        }
        if (status != 200) throw failed("answered " + status);
        return CallToolResult.builder().addTextContent("charged").build();
    }

    private static McpError failed(String why) {
        return McpError.builder(McpSchema.ErrorCodes.INTERNAL_ERROR)
                .message(why)
                .build();
    }
}
