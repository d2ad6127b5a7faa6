package dev.weir.instrumentation.stainless;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.weir.bootstrap.GenAiFacts;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** openai-java. */
class OpenAiJavaInstrumentationTest extends ModelContract {

    private static final String USAGE = "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,\"total_tokens\":18}";

    private OpenAIClient client;

    OpenAiJavaInstrumentationTest() {
        super(new OpenAiJavaInstrumentation());
    }

    @Override
    void connect(String url) {
        client = OpenAIOkHttpClient.builder().apiKey("key").baseUrl(url + "/v1").build();
    }

    @Override
    void disconnect() {
        client.close();
    }

    private static ChatCompletionCreateParams question() {
        return ChatCompletionCreateParams.builder()
                .model("model-x")
                .addSystemMessage("be brief")
                .addUserMessage("will it rain?")
                .build();
    }

    @Override
    String ask() {
        return client.chat()
                .completions()
                .create(question())
                .choices()
                .get(0)
                .message()
                .content()
                .orElseThrow();
    }

    @Override
    CompletableFuture<String> askAsync() {
        return client.async()
                .chat()
                .completions()
                .create(question())
                .thenApply(answer -> answer.choices().get(0).message().content().orElseThrow());
    }

    @Override
    void stream(Consumer<Object> each, int pieces) {
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(question())) {
            Iterator<ChatCompletionChunk> chunks = response.stream().iterator();
            for (int i = 0; i < pieces && chunks.hasNext(); i++) each.accept(chunks.next());
        }
    }

    @Override
    CompletableFuture<Void> streamAsync(Consumer<Object> each) {
        return client.async()
                .chat()
                .completions()
                .createStreaming(question())
                .subscribe(each::accept)
                .onCompleteFuture();
    }

    private static String chat(String object, String choices, String more) {
        return "{\"id\":\"answer_1\",\"object\":\"" + object
                + "\",\"created\":1790000000,\"model\":\"model-x-2026\",\"choices\":[" + choices + "]" + more + "}";
    }

    @Override
    void playsWhole() {
        model.says(chat(
                "chat.completion",
                "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"no\",\"refusal\":null},"
                        + "\"logprobs\":null,\"finish_reason\":\"stop\"}",
                "," + USAGE));
    }

    private static String delta(String delta, String finish) {
        return chat(
                "chat.completion.chunk", "{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + finish + "}", "");
    }

    @Override
    void playsPieces() {
        model.streams(
                "message", delta("{\"role\":\"assistant\",\"content\":\"n\"}", "null"),
                "message", delta("{\"content\":\"o\"}", "null"),
                "message", delta("{}", "\"stop\""),
                "message", chat("chat.completion.chunk", "", "," + USAGE),
                "message", "[DONE]");
    }

    @Override
    String provider() {
        return "openai";
    }

    @Override
    String finishReason() {
        return "stop";
    }

    // ---- responses, embeddings

    private static final String RESPONSE = "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1790000000,"
            + "\"model\":\"model-x-2026\",\"status\":\"completed\",\"parallel_tool_calls\":true,\"tools\":[],"
            + "\"output\":[{\"type\":\"message\",\"id\":\"m\",\"role\":\"assistant\",\"status\":\"completed\","
            + "\"content\":[{\"type\":\"output_text\",\"text\":\"no\",\"annotations\":[]}]}],"
            + "\"usage\":{\"input_tokens\":11,\"output_tokens\":7,\"total_tokens\":18}}";

    private static ResponseCreateParams input() {
        return ResponseCreateParams.builder()
                .model("model-x")
                .instructions("be brief")
                .input("will it rain?")
                .build();
    }

    private void assertResponse(GenAiFacts facts) {
        assertEquals("model-x", facts.name());
        assertEquals("model-x-2026", facts.responseModel());
        assertEquals("resp_1", facts.responseId());
        assertEquals("completed", facts.finishReason());
        assertEquals(11, facts.inputTokens());
        assertEquals(7, facts.outputTokens());
        assertEquals("system: be brief | user: will it rain?", texts(facts.input()));
        assertEquals("assistant: no", texts(facts.output()));
    }

    @Test
    @Tag("traced-sync")
    void responses() {
        model.says(RESPONSE);
        client.responses().create(input());
        assertEvents("begin MODEL", "end MODEL");
        assertResponse(only());
    }

    @Test
    @Tag("traced-sync")
    void responsesInPieces() {
        model.streams(
                "response.created",
                "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":"
                        + RESPONSE.replace("\"completed\",\"parallel", "\"in_progress\",\"parallel")
                                .replace("\"text\":\"no\"", "\"text\":\"\"")
                        + "}",
                "response.output_text.delta",
                "{\"type\":\"response.output_text.delta\",\"sequence_number\":1,\"item_id\":\"m\",\"output_index\":0,"
                        + "\"content_index\":0,\"delta\":\"no\"}",
                "response.completed",
                "{\"type\":\"response.completed\",\"sequence_number\":2,\"response\":" + RESPONSE + "}");
        try (StreamResponse<ResponseStreamEvent> response = client.responses().createStreaming(input())) {
            assertEquals(3, response.stream().count());
        }
        assertEvents("begin MODEL", "end MODEL");
        assertResponse(only());
    }

    @Test
    @Tag("traced-sync")
    void embeddings() throws Exception {
        String embedding = "{\"object\":\"list\",\"model\":\"embed-x-2026\",\"data\":[{\"object\":\"embedding\","
                + "\"index\":0,\"embedding\":[0.5,0.25]}],\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}";
        model.says(embedding).says(embedding);
        EmbeddingCreateParams params =
                EmbeddingCreateParams.builder().model("embed-x").input("rain").build();
        client.embeddings().create(params);
        client.async().embeddings().create(params).get();
        assertEvents("begin MODEL", "end MODEL", "begin MODEL", "end MODEL");
        for (int i = 0; i < 2; i++) {
            GenAiFacts facts = (GenAiFacts) woven.agent().begun().get(i);
            assertEquals("embed-x", facts.name());
            assertEquals("embeddings", facts.operation());
            assertEquals("embed-x-2026", facts.responseModel());
            assertEquals(3, facts.inputTokens());
            assertEquals(List.of("rain"), List.of(facts.arguments()));
        }
    }
}
