package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.shared.Said;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;

/** What a model answers, in one piece or many. Later pieces may say what earlier ones did not know. */
final class Answer {

    // Pieces of a stream come one after the other, but on any thread.
    private volatile @Nullable String model;
    private volatile @Nullable String id;
    private volatile @Nullable String finishReason;
    private volatile long inputTokens = -1;
    private volatile long outputTokens = -1;
    private final Said said = new Said();

    /** One piece. What an application's own model gives may be anything. */
    void add(@Nullable ChatResponse response) {
        if (response == null) return;
        try {
            metadata(response.getMetadata());
            Generation generation = response.getResult();
            if (generation == null) return;
            String reason = generation.getMetadata().getFinishReason();
            if (reason != null && !reason.isBlank()) finishReason = reason.toLowerCase(Locale.ROOT);
            said.piece(generation.getOutput().getText());
        } catch (RuntimeException odd) {
            // Then less is known of it.
        }
    }

    private void metadata(@Nullable ChatResponseMetadata metadata) {
        if (metadata == null) return;
        if (isSaid(metadata.getModel())) model = metadata.getModel();
        if (isSaid(metadata.getId())) id = metadata.getId();
        Usage usage = metadata.getUsage();
        if (usage == null) return;
        inputTokens = counted(usage.getPromptTokens(), inputTokens);
        outputTokens = counted(usage.getCompletionTokens(), outputTokens);
    }

    /** Pieces that know nothing say 0; and the last one may be of a request before, kept back while tools were called. */
    private static long counted(@Nullable Integer tokens, long before) {
        return tokens == null || tokens <= 0 ? before : Math.max(tokens, before);
    }

    private static boolean isSaid(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    @Nullable
    String model() {
        return model;
    }

    @Nullable
    String id() {
        return id;
    }

    @Nullable
    String finishReason() {
        return finishReason;
    }

    /** -1 when nobody says. */
    long inputTokens() {
        return inputTokens;
    }

    /** -1 when nobody says. */
    long outputTokens() {
        return outputTokens;
    }

    GenAiFacts.Message @Nullable [] messages() {
        String text = said.text();
        return text == null ? null : new GenAiFacts.Message[] {new GenAiFacts.Message("assistant", text)};
    }
}
