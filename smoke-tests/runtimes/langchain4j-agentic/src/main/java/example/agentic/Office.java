package example.agentic;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agentic.Agent;
import dev.langchain4j.agentic.AgenticServices;
import dev.langchain4j.agentic.UntypedAgent;
import dev.langchain4j.agentic.agent.ErrorRecoveryResult;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A booking by a team: {@code <model> <bookings>}. An agent that fails is told to try again. */
public final class Office {

    private Office() {}

    /** Books what can be booked. */
    public interface Booker {
        /** Calls the tool. */
        @UserMessage("Book {{trip}}")
        @Agent(name = "booker", description = "books trips", outputKey = "booking")
        String book(@V("trip") String trip);
    }

    /** Finds something to eat there. */
    public interface Cook {
        /** Thinks. */
        @UserMessage("What is eaten on {{trip}}?")
        @Agent(name = "cook", description = "plans meals", outputKey = "meals")
        String plan(@V("trip") String trip);
    }

    /** Tells the customer. */
    public interface Writer {
        /** Writes. */
        @UserMessage("Tell the customer of {{booking}} and {{meals}}")
        @Agent(name = "writer", description = "writes letters", outputKey = "letter")
        String write(@V("booking") String booking, @V("meals") String meals);
    }

    /** All of them. */
    public interface Team {
        /** Books, and tells the customer. */
        @Agent(name = "office", description = "books trips and tells of them")
        String travel(@MemoryId String customer, @V("trip") String trip);
    }

    /** What the booker can do. */
    static final class Bookings {
        private final HttpClient http = HttpClient.newHttpClient();
        private final String url;

        Bookings(String url) {
            this.url = url;
        }

        @Tool("Books a trip")
        String book(@P("trip") String trip) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                    .POST(HttpRequest.BodyPublishers.ofString(trip))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    public static void main(String[] arguments) {
        OpenAiChatModel model = OpenAiChatModel.builder()
                .baseUrl(arguments[0])
                .apiKey("none")
                .modelName("gpt-x")
                .maxRetries(0)
                .build();
        UntypedAgent preparation = AgenticServices.parallelBuilder()
                .subAgents(
                        AgenticServices.agentBuilder(Booker.class)
                                .chatModel(model)
                                .tools(new Bookings(arguments[1]))
                                .build(),
                        AgenticServices.agentBuilder(Cook.class)
                                .chatModel(model)
                                .build())
                .name("preparation")
                .build();
        Team team = AgenticServices.sequenceBuilder(Team.class)
                .subAgents(
                        preparation,
                        AgenticServices.agentBuilder(Writer.class)
                                .chatModel(model)
                                .build())
                .errorHandler(failure -> {
                    System.err.println("office: " + failure.agentName() + " tries again");
                    return ErrorRecoveryResult.retry();
                })
                .outputKey("letter")
                .build();
        System.out.println(team.travel("customer-7", "Oslo"));
        // The pool of the agents would keep the JVM for another minute.
        System.exit(0);
    }
}
