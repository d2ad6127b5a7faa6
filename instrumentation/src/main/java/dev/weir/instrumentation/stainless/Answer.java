package dev.weir.instrumentation.stainless;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.instrumentation.shared.Said;
import org.jspecify.annotations.Nullable;

/**
 * What a model answers, in one piece or many, as the wire formats of OpenAI's chat completions and responses and of
 * Anthropic's messages have it. Later pieces may say what earlier ones did not know.
 */
final class Answer {

    private @Nullable String model;
    private @Nullable String id;
    private @Nullable String finishReason;
    private long inputTokens = -1;
    private long outputTokens = -1;
    private final Said said = new Said();

    synchronized void embedding(JsonNode said, JsonNode usage) {
        model = Wire.said(said);
        usage(usage);
    }

    /** One piece, or the whole. */
    synchronized void add(JsonNode piece) {
        // Responses and Anthropic's streams put the answer, as far as it goes, inside of an event.
        if (piece.path("response").isObject()) whole(piece.path("response"));
        else if (piece.path("message").isObject()) whole(piece.path("message"));
        else whole(piece);
    }

    private void whole(JsonNode answer) {
        boolean event = answer.path("type").asText().matches("(response|message|content_block)[._].*");
        if (!event && Wire.said(answer.path("id")) != null)
            id = answer.path("id").textValue();
        if (Wire.said(answer.path("model")) != null)
            model = answer.path("model").textValue();
        usage(answer.path("usage"));
        reason(answer.path("stop_reason"));
        JsonNode delta = answer.path("delta");
        reason(delta.path("stop_reason"));
        if (answer.path("object").asText().equals("response")) reason(answer.path("status"));
        for (JsonNode choice : answer.path("choices")) {
            reason(choice.path("finish_reason"));
            add(Wire.text(choice.path("message").path("content")));
            add(Wire.text(choice.path("delta").path("content")));
        }
        if (event) {
            if (delta.isTextual() && answer.path("type").asText().equals("response.output_text.delta")) {
                add(delta.textValue());
            }
            add(delta.path("text").asText(""));
        } else if (said.isEmpty()) {
            add(Wire.text(answer.path("content")));
            for (JsonNode item : answer.path("output")) add(Wire.text(item.path("content")));
        }
    }

    private void usage(JsonNode usage) {
        inputTokens = counted(usage, "prompt_tokens", "input_tokens", inputTokens);
        outputTokens = counted(usage, "completion_tokens", "output_tokens", outputTokens);
    }

    private static long counted(JsonNode usage, String one, String other, long before) {
        JsonNode tokens = usage.path(one).isNumber() ? usage.path(one) : usage.path(other);
        return tokens.isNumber() ? Math.max(tokens.longValue(), before) : before;
    }

    private void reason(JsonNode reason) {
        if (Wire.said(reason) != null) finishReason = reason.textValue();
    }

    private void add(String piece) {
        said.piece(piece);
    }

    @Nullable
    synchronized String model() {
        return model;
    }

    @Nullable
    synchronized String id() {
        return id;
    }

    @Nullable
    synchronized String finishReason() {
        return finishReason;
    }

    synchronized long inputTokens() {
        return inputTokens;
    }

    synchronized long outputTokens() {
        return outputTokens;
    }

    /** {@code null} when it is none. */
    @Nullable
    String text() {
        return said.text();
    }
}
