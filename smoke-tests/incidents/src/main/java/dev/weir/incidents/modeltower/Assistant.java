package dev.weir.incidents.modeltower;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.ChatModel;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.weir.incidents.service.Service;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import org.springframework.retry.RetryCallback;
import org.springframework.retry.support.RetryTemplate;

/** Asks a model: resilience4j around the agent, Spring Retry around its step, the vendor's own retries inside. */
public final class Assistant {

    private final OpenAIClient model;
    private final RetryTemplate step =
            RetryTemplate.builder().maxAttempts(3).fixedBackoff(1).build();
    private final Retry agent = Retry.of(
            "assistant",
            RetryConfig.custom()
                    .maxAttempts(3)
                    .waitDuration(Duration.ofMillis(1))
                    .build());

    private Assistant(OpenAIClient model) {
        this.model = model;
    }

    /** Arguments: the model's URL. */
    public static void main(String[] args) throws Exception {
        OpenAIClient model = OpenAIOkHttpClient.builder()
                .baseUrl(args[0])
                .apiKey("sk-none")
                .maxRetries(2)
                .build();
        Assistant assistant = new Assistant(model);
        Service.create().on("/run", request -> assistant.answer()).run();
        model.close();
    }

    private Service.Reply answer() {
        try {
            return Service.Reply.ok(agent.executeSupplier(this::step));
        } catch (RuntimeException e) {
            Throwable cause = e;
            while (cause.getCause() != null) cause = cause.getCause();
            return new Service.Reply(502, String.valueOf(cause.getMessage()));
        }
    }

    private String step() {
        RetryCallback<String, RuntimeException> ask = context -> ask();
        return step.execute(ask);
    }

    private String ask() {
        ChatCompletionCreateParams question = ChatCompletionCreateParams.builder()
                .model(ChatModel.GPT_4_1)
                .addUserMessage("Where is my towel?")
                .build();
        return model.chat()
                .completions()
                .create(question)
                .choices()
                .get(0)
                .message()
                .content()
                .orElse("");
    }
}
