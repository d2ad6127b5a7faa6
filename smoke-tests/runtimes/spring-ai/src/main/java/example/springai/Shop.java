package example.springai;

import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.stream.Collectors;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.client.advisor.ToolCallingAdvisor;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** Answers one customer: {@code <how> <model> <payments> <directory> <question> <collector>}. */
public final class Shop {

    private Shop() {}

    public static void main(String[] arguments) {
        String how = arguments[0];
        try (Observed observed = how.startsWith("observed") ? Observed.spansTo(arguments[5]) : Observed.not()) {
            ShopTools tools = new ShopTools(observed.registry(), arguments[2], arguments[3]);
            System.out.println(answer(how, clerk(arguments[1], observed.registry()), tools, arguments[4]));
        }
        // OkHttp's threads would keep the JVM for another minute.
        System.exit(0);
    }

    private static ChatClient clerk(String url, ObservationRegistry registry) {
        ChatModel model = OpenAiChatModel.builder()
                .options(OpenAiChatOptions.builder()
                        .baseUrl(url)
                        .apiKey("none")
                        .model("gpt-x")
                        .build())
                .observationRegistry(registry)
                .build();
        ToolCallingManager tools =
                ToolCallingManager.builder().observationRegistry(registry).build();
        return ChatClient.builder(
                        model,
                        registry,
                        null,
                        null,
                        ToolCallingAdvisor.builder().toolCallingManager(tools))
                .build();
    }

    private static String answer(String how, ChatClient clerk, ShopTools tools, String question) {
        String answer = switch (how) {
            case "sync", "observed" ->
                clerk.prompt().user(question).tools(tools).call().content();
            case "streaming", "observed-streaming" ->
                clerk.prompt().user(question).tools(tools).stream()
                        .content()
                        .collect(Collectors.joining())
                        .block(Duration.ofSeconds(60));
            case "memory" -> remembered(clerk, question);
            default -> throw new IllegalArgumentException(how);
        };
        return String.valueOf(answer);
    }

    private static String remembered(ChatClient clerk, String question) {
        ChatMemory memory = MessageWindowChatMemory.builder()
                .chatMemoryRepository(new JdbcMemory())
                .build();
        return String.valueOf(clerk.prompt()
                .user(question)
                .advisors(MessageChatMemoryAdvisor.builder(memory).build())
                .advisors(advisor -> advisor.param(ChatMemory.CONVERSATION_ID, "customer-7"))
                .call()
                .content());
    }
}
