package dev.weir.instrumentation.stainless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.helpers.BetaRunnableTool;
import com.anthropic.helpers.BetaToolRunner;
import com.anthropic.models.beta.messages.BetaMessage;
import com.anthropic.models.beta.messages.BetaTool;
import com.anthropic.models.beta.messages.BetaToolResultBlockParam;
import com.anthropic.models.beta.messages.MessageCreateParams;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.ScriptedModel;
import dev.weir.instrumentation.testing.Woven;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The loop of anthropic-java that asks a model, calls the tools that it wants, and asks again. */
class BetaToolRunnerTest {

    @RegisterExtension
    final Woven woven = new Woven(new AnthropicJavaInstrumentation(), new StainlessInstrumentation());

    /** What the tool does in this test. */
    private static Function<String, String> weather;

    // Made by hand: schemas of classes need a library that others need in another version.
    private static BetaRunnableTool tool() {
        BetaTool definition = BetaTool.builder()
                .name("weather")
                .inputSchema(
                        BetaTool.InputSchema.builder().properties(properties()).build())
                .build();
        return BetaRunnableTool.of(
                definition, input -> BetaToolResultBlockParam.Content.ofString(weather.apply(input)));
    }

    private static BetaTool.InputSchema.Properties properties() {
        return BetaTool.InputSchema.Properties.builder()
                .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                .build();
    }

    private ScriptedModel model;
    private AnthropicClient client;

    @BeforeEach
    void start() throws Exception {
        model = new ScriptedModel();
        client = AnthropicOkHttpClient.builder()
                .apiKey("key")
                .baseUrl(model.url())
                .maxRetries(0)
                .build();
        weather = city -> "sun";
    }

    @AfterEach
    void stop() {
        client.close();
        model.close();
    }

    private BetaToolRunner runner() {
        return client.beta()
                .messages()
                .toolRunner(MessageCreateParams.builder()
                        .model("model-x")
                        .maxTokens(100)
                        .addTool(tool())
                        .addUserMessage("will it rain?")
                        .build());
    }

    private void wants(String... ids) {
        List<String> calls = new ArrayList<>();
        for (String id : ids) calls.add(Messages.toolUse(id, "weather", "{\"city\":\"Rome\"}"));
        model.says(Messages.whole(String.join(",", calls), "tool_use"));
    }

    private void ends() {
        model.says(Messages.whole("{\"type\":\"text\",\"text\":\"no\",\"citations\":null}", "end_turn"));
    }

    private List<GenAiFacts> tools() {
        List<GenAiFacts> tools = new ArrayList<>();
        for (CallFacts each : woven.agent().begun()) {
            if (each.kind() == CallFacts.Kind.TOOL) tools.add((GenAiFacts) each);
        }
        return tools;
    }

    @Test
    @Tag("traced-sync")
    void toolsAreCalledBesideTheModelNotInIt() {
        wants("call_1");
        ends();
        List<Object> insides = new ArrayList<>();
        weather = city -> {
            insides.add(Hooks.capture());
            return "sun";
        };
        String last = "";
        for (BetaMessage message : runner())
            last = message.stopReason().orElseThrow().toString();
        assertEquals("end_turn", last);
        assertEquals(
                List.of("begin MODEL", "end MODEL", "begin TOOL", "end TOOL", "begin MODEL", "end MODEL"),
                woven.agent().events());
        assertEquals(List.of("none", "none"), woven.agent().parents(CallFacts.Kind.MODEL));
        assertEquals(List.of("none"), woven.agent().parents(CallFacts.Kind.TOOL));
        assertNotNull(insides.get(0));
        GenAiFacts tool = tools().get(0);
        assertEquals("weather", tool.name());
        assertEquals("call_1", tool.toolCallId());
        assertEquals("{\"city\":\"Rome\"}", tool.toolArguments());
        assertTrue(String.valueOf(tool.toolResult()).contains("sun"), tool.toolResult());
        GenAiFacts asked = (GenAiFacts) woven.agent().begun().get(0);
        assertEquals("tool_use", asked.finishReason());
        assertEquals("answer_1", asked.responseId());
    }

    @Test
    @Tag("traced-sync")
    void twoToolsOfOneMessageWithTheSameId() {
        wants("call_1", "call_1");
        ends();
        for (BetaMessage message : runner()) assertNotNull(message);
        assertEquals(2, tools().size());
    }

    @Test
    @Tag("traced-sync")
    void toolThatThrowsHasFailedThoughTheModelIsToldInWords() {
        wants("call_1");
        ends();
        weather = city -> {
            throw new IllegalStateException("no sky");
        };
        for (BetaMessage message : runner()) assertNotNull(message);
        assertEquals(
                "end TOOL tool_error IllegalStateException",
                woven.agent().events().get(3));
        assertTrue(model.requests().get(1).contains("no sky"), model.requests().get(1));
    }

    @Test
    @Tag("traced-sync")
    void toolThatNobodyHas() {
        model.says(Messages.whole(Messages.toolUse("call_1", "missing", "{}"), "tool_use"));
        ends();
        for (BetaMessage message : runner()) assertNotNull(message);
        assertEquals("end TOOL tool_error", woven.agent().events().get(3));
        assertEquals("missing", tools().get(0).name());
    }

    @Test
    @Tag("traced-sync")
    void tenMegabytes() {
        wants("call_1");
        ends();
        weather = city -> "x".repeat(10_000_000);
        for (BetaMessage message : runner()) assertNotNull(message);
        assertEquals("end TOOL", woven.agent().events().get(3));
    }

    @Test
    @Tag("traced-async")
    void streamedTurns() {
        model.streams(
                "message_start",
                Messages.PIECES[1],
                "content_block_start",
                "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
                        + Messages.toolUse("call_1", "weather", "{}") + "}",
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\","
                        + "\"partial_json\":\"{\\\"city\\\":\\\"Rome\\\"}\"}}",
                "content_block_stop",
                "{\"type\":\"content_block_stop\",\"index\":0}",
                "message_delta",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\",\"stop_sequence\":null},"
                        + "\"usage\":{\"output_tokens\":7}}",
                "message_stop",
                "{\"type\":\"message_stop\"}");
        model.streams(Messages.PIECES);
        for (StreamResponse<?> turn : runner().streaming()) turn.stream().forEach(piece -> {});
        assertEquals(
                List.of("begin MODEL", "end MODEL", "begin TOOL", "end TOOL", "begin MODEL", "end MODEL"),
                woven.agent().events());
        assertEquals("{\"city\":\"Rome\"}", tools().get(0).toolArguments());
    }

    @Test
    @Tag("unfollowed")
    void whatIsNotFollowedRunsAsEver() {
        woven.agent().ignore(facts -> true);
        wants("call_1");
        ends();
        int messages = 0;
        for (BetaMessage message : runner()) messages += message.content().size();
        assertEquals(2, messages);
        assertEquals(List.of(), woven.agent().events());
    }
}
