package example.adk;

import com.google.adk.agents.BaseAgent;
import com.google.adk.agents.LlmAgent;
import com.google.adk.agents.ParallelAgent;
import com.google.adk.agents.RunConfig;
import com.google.adk.events.Event;
import com.google.adk.models.BaseLlm;
import com.google.adk.models.Gemini;
import com.google.adk.runner.InMemoryRunner;
import com.google.adk.runner.Runner;
import com.google.adk.sessions.Session;
import com.google.adk.tools.AgentTool;
import com.google.adk.tools.FunctionTool;
import com.google.adk.tools.mcp.McpToolset;
import com.google.genai.Client;
import com.google.genai.types.Content;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.HttpRetryOptions;
import com.google.genai.types.Part;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.reactivex.rxjava3.core.Flowable;
import java.util.List;

/**
 * Asks agents: {@code team <model> <question> <command of the tool server…>}, {@code parallel <model> <question>} or
 * {@code tool <model> <question>}.
 */
public final class Shop {

    private Shop() {}

    public static void main(String[] arguments) {
        BaseLlm model = new Gemini(
                "gemini-x",
                Client.builder()
                        .apiKey("none")
                        .httpOptions(HttpOptions.builder()
                                .baseUrl(arguments[1])
                                .retryOptions(HttpRetryOptions.builder()
                                        .initialDelay(0.01)
                                        .build())
                                .build())
                        .build());
        List<String> server = List.of(arguments).subList(3, arguments.length);
        boolean parallel = arguments[0].equals("parallel");
        BaseAgent agent = switch (arguments[0]) {
            case "team" -> team(model, server);
            case "parallel" -> sideBySide(model);
            case "tool" -> asATool(model);
            default -> throw new IllegalArgumentException(arguments[0]);
        };
        RunConfig config = RunConfig.builder()
                .streamingMode(parallel ? RunConfig.StreamingMode.SSE : RunConfig.StreamingMode.NONE)
                .build();
        // Whatever goes wrong, once more from the beginning.
        boolean again = arguments[0].equals("tool");
        System.out.println(ask(new InMemoryRunner(agent, "shop"), arguments[2], config, again));
        // ADK closes no session that it has replaced, and its servers would end some time after this JVM.
        for (ProcessHandle started : ProcessHandle.current().children().toList()) {
            started.destroy();
            started.onExit().join();
        }
        // Threads of HTTP clients and of MCP sessions would keep the JVM.
        System.exit(0);
    }

    private static String ask(Runner runner, String question, RunConfig config, boolean again) {
        Session session = runner.sessionService()
                .createSession("shop", "customer-7", null, "session-1")
                .blockingGet();
        StringBuilder answer = new StringBuilder();
        Content message = Content.fromParts(Part.fromText(question));
        Flowable<Event> events = runner.runAsync(session.userId(), session.id(), message, config);
        for (Event event : (again ? events.retry(1) : events).blockingIterable()) {
            if (event.finalResponse() && !event.partial().orElse(false)) {
                answer.append(event.stringifyContent()).append(' ');
            }
        }
        return answer.toString().strip();
    }

    /** A clerk who charges with a tool of an MCP server, and leaves receipts to another agent. */
    private static BaseAgent team(BaseLlm model, List<String> server) {
        McpToolset payments = new McpToolset(ServerParameters.builder(server.get(0))
                .args(server.subList(1, server.size()))
                .build());
        LlmAgent archivist = LlmAgent.builder()
                .name("archivist")
                .description("writes receipts")
                .instruction("You write receipts.")
                .model(model)
                .tools(FunctionTool.create(ShopTools.class, "receipt"))
                .build();
        return LlmAgent.builder()
                .name("clerk")
                .description("sells boots")
                .instruction("You sell boots.")
                .model(model)
                .tools(payments, FunctionTool.create(ShopTools.class, "stock"))
                .subAgents(archivist)
                .build();
    }

    /** Two agents at the same time, on threads of RxJava. */
    private static BaseAgent sideBySide(BaseLlm model) {
        return ParallelAgent.builder()
                .name("both")
                .description("reserves boots and hats")
                .subAgents(reserving(model, "boots"), reserving(model, "hats"))
                .build();
    }

    private static LlmAgent reserving(BaseLlm model, String article) {
        return LlmAgent.builder()
                .name(article)
                .description("reserves " + article)
                .instruction("You reserve " + article + ".")
                .model(model)
                .tools(FunctionTool.create(ShopTools.class, "reserve"))
                .build();
    }

    /** An agent that is a tool of another one. */
    private static BaseAgent asATool(BaseLlm model) {
        return LlmAgent.builder()
                .name("clerk")
                .description("sells boots")
                .instruction("You sell boots.")
                .model(model)
                .tools(AgentTool.create(reserving(model, "boots")))
                .build();
    }
}
