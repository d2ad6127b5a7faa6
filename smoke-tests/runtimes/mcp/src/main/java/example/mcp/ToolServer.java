package example.mcp;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/** Has one tool, which charges: {@code pipes|http <payments>}. */
public final class ToolServer {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private ToolServer() {}

    public static void main(String[] arguments) throws Exception {
        URI payments = URI.create(arguments[1]);
        SyncToolSpecification charge = SyncToolSpecification.builder()
                .tool(Tool.builder("charge")
                        .description("charges a customer")
                        .inputSchema(
                                McpJsonDefaults.getMapper(),
                                "{\"type\":\"object\",\"properties\":{\"cents\":{\"type\":\"integer\"}}}")
                        .build())
                .callHandler((exchange, request) -> charge(payments, request))
                .build();
        if (arguments[0].equals("pipes")) overPipes(charge);
        else overHttp(charge);
    }

    private static CallToolResult charge(URI payments, CallToolRequest request) {
        try {
            int status = CLIENT.send(
                            HttpRequest.newBuilder(payments)
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "{\"cents\": " + request.arguments().get("cents") + "}"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            return CallToolResult.builder()
                    .addTextContent("answered " + status)
                    .isError(status != 200)
                    .build();
        } catch (IOException e) {
            return CallToolResult.builder()
                    .addTextContent(e.toString())
                    .isError(true)
                    .build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CallToolResult.builder()
                    .addTextContent("interrupted")
                    .isError(true)
                    .build();
        }
    }

    private static void overPipes(SyncToolSpecification tool) {
        McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper()))
                .serverInfo("payments", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .tools(tool)
                .build();
        // Whoever started it may be killed.
        ProcessHandle.current().parent().orElseThrow().onExit().join();
    }

    private static void overHttp(SyncToolSpecification tool) throws LifecycleException, IOException {
        HttpServletStreamableServerTransportProvider transport =
                HttpServletStreamableServerTransportProvider.builder().build();
        McpServer.sync(transport)
                .serverInfo("payments", "1")
                .capabilities(ServerCapabilities.builder().tools(true).build())
                .tools(tool)
                .build();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "mcp", unpromising(transport)).setAsyncSupported(true);
        context.addServletMappingDecoded("/*", "mcp");
        // A kept-alive connection that Tomcat closes just when the client takes it would fail a request.
        tomcat.getConnector().setProperty("maxKeepAliveRequests", "1");
        tomcat.start();
        System.out.println("listening " + tomcat.getConnector().getLocalPort());
        while (System.in.read() >= 0) {
            // Typed at, it goes on.
        }
        // Sessions of the SDK have threads that would go on.
        System.exit(0);
    }

    /** The transport's answers promise to keep a connection, whatever Tomcat does with it: then clients take it again. */
    private static HttpServlet unpromising(HttpServlet transport) {
        return new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws ServletException, IOException {
                transport.service(request, new HttpServletResponseWrapper(response) {
                    @Override
                    public void setHeader(String name, String value) {
                        if (!name.equalsIgnoreCase("connection")) super.setHeader(name, value);
                    }
                });
            }
        };
    }
}
