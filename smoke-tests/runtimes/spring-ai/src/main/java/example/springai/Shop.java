package example.springai;

import java.time.Duration;
import java.util.stream.Collectors;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** Answers one customer: {@code <how> <model> <payments> <directory> <question>}. */
public final class Shop {

    private Shop() {}

    public static void main(String[] arguments) {
        ChatClient clerk = ChatClient.builder(OpenAiChatModel.builder()
                        .options(OpenAiChatOptions.builder()
                                .baseUrl(arguments[1])
                                .apiKey("none")
                                .model("gpt-x")
                                .build())
                        .build())
                .build();
        ShopTools tools = new ShopTools(arguments[2], arguments[3]);
        String question = arguments[4];
        String answer = switch (arguments[0]) {
            case "sync" -> clerk.prompt().user(question).tools(tools).call().content();
            case "streaming" ->
                clerk.prompt().user(question).tools(tools).stream()
                        .content()
                        .collect(Collectors.joining())
                        .block(Duration.ofSeconds(60));
            case "memory" -> remembered(clerk, question);
            default -> throw new IllegalArgumentException(arguments[0]);
        };
        System.out.println(answer);
        // OkHttp's threads would keep the JVM for another minute.
        System.exit(0);
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
