package dev.weir.instrumentation.stainless;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** anthropic-java. */
class AnthropicJavaInstrumentationTest extends ModelContract {

    private AnthropicClient client;

    AnthropicJavaInstrumentationTest() {
        super(new AnthropicJavaInstrumentation());
    }

    @Override
    void connect(String url) {
        client = AnthropicOkHttpClient.builder().apiKey("key").baseUrl(url).build();
    }

    @Override
    void disconnect() {
        client.close();
    }

    private static MessageCreateParams question() {
        return MessageCreateParams.builder()
                .model("model-x")
                .maxTokens(100)
                .system("be brief")
                .addUserMessage("will it rain?")
                .build();
    }

    @Override
    String ask() {
        return client.messages().create(question()).content().get(0).asText().text();
    }

    @Override
    CompletableFuture<String> askAsync() {
        return client.async()
                .messages()
                .create(question())
                .thenApply(answer -> answer.content().get(0).asText().text());
    }

    @Override
    void stream(Consumer<Object> each, int pieces) {
        try (StreamResponse<RawMessageStreamEvent> response = client.messages().createStreaming(question())) {
            Iterator<RawMessageStreamEvent> events = response.stream().iterator();
            for (int i = 0; i < pieces && events.hasNext(); i++) each.accept(events.next());
        }
    }

    @Override
    CompletableFuture<Void> streamAsync(Consumer<Object> each) {
        return client.async()
                .messages()
                .createStreaming(question())
                .subscribe(each::accept)
                .onCompleteFuture();
    }

    @Override
    void playsWhole() {
        model.says(Messages.whole("{\"type\":\"text\",\"text\":\"no\",\"citations\":null}", "end_turn"));
    }

    @Override
    void playsPieces() {
        model.streams(Messages.PIECES);
    }

    @Override
    String provider() {
        return "anthropic";
    }

    @Override
    String finishReason() {
        return "end_turn";
    }

    /** The same API again, in classes of their own. */
    @Test
    @Tag("traced-sync")
    void beta() throws Exception {
        com.anthropic.models.beta.messages.MessageCreateParams question =
                com.anthropic.models.beta.messages.MessageCreateParams.builder()
                        .model("model-x")
                        .maxTokens(100)
                        .system("be brief")
                        .addUserMessage("will it rain?")
                        .build();
        playsWhole();
        client.beta().messages().create(question);
        assertEvents("begin MODEL", "end MODEL");
        assertAnswered(only());
        playsPieces();
        try (StreamResponse<?> response = client.beta().messages().createStreaming(question)) {
            assertEquals(Messages.PIECES.length / 2, response.stream().count());
        }
        playsWhole();
        client.async().beta().messages().create(question).get();
        assertEvents("begin MODEL", "end MODEL", "begin MODEL", "end MODEL", "begin MODEL", "end MODEL");
        woven.agent().begun().forEach(facts -> assertAnswered((dev.weir.bootstrap.GenAiFacts) facts));
    }
}
