package example.mcp;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Charges twice, and once more what did not go well: {@code http <url>} or {@code pipes <command of the server…>}. */
public final class Shop {

    private Shop() {}

    public static void main(String[] arguments) {
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        System.out.println("charged " + buy(arguments[0], rest));
    }

    /** What the person at the agent has asked for. */
    static int buy(String how, List<String> server) {
        McpSyncClient client = McpClient.sync(transport(how, server))
                .requestTimeout(Duration.ofSeconds(25))
                .build();
        try {
            client.initialize();
            int charged = 0;
            // Two pairs of boots.
            for (int pair = 0; pair < 2; pair++) {
                CallToolResult result = charge(client);
                if (Boolean.TRUE.equals(result.isError())) result = charge(client);
                if (!Boolean.TRUE.equals(result.isError())) charged++;
            }
            return charged;
        } finally {
            client.closeGracefully();
        }
    }

    private static CallToolResult charge(McpSyncClient client) {
        return client.callTool(new CallToolRequest("charge", Map.of("cents", 500)));
    }

    private static McpClientTransport transport(String how, List<String> server) {
        if (how.equals("http")) {
            return HttpClientStreamableHttpTransport.builder(server.get(0)).build();
        }
        ServerParameters parameters = ServerParameters.builder(server.get(0))
                .args(server.subList(1, server.size()))
                .build();
        return new StdioClientTransport(parameters, McpJsonDefaults.getMapper());
    }
}
