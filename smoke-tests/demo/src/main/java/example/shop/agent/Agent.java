package example.shop.agent;

import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import example.shop.Reply;
import example.shop.Service;
import java.io.IOException;
import java.time.Duration;

/** The agent process: a customer's message in, the agent's answer out. */
public final class Agent {
    private Agent() {}

    /** Arguments: the URL of the model, the URL of the worker. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        OpenAiChatModel model = OpenAiChatModel.builder()
                .baseUrl(arguments[0] + "/v1")
                .apiKey("none")
                .modelName("shop-1")
                .timeout(Duration.ofSeconds(60))
                .build();
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(model)
                .tools(new ShopTools(arguments[1]))
                .build();
        new Service("agent")
                .at("/chat", form -> {
                    String message = form.getOrDefault("message", "");
                    System.out.println("customer: " + message);
                    String answer = assistant.chat(message);
                    System.out.println("agent: " + answer);
                    return new Reply(200, answer);
                })
                .run();
    }
}
