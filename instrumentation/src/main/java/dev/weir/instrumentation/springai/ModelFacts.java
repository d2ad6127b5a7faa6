package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.GenAiFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request to a model. */
final class ModelFacts extends GenAiFacts {

    private final List<org.springframework.ai.chat.messages.Message> messages;
    private final long inputBefore;
    private final long outputBefore;

    final Answer answer = new Answer();

    volatile @Nullable String provider;

    /**
     * @param inputBefore tokens that the answer counts though they were read for requests before
     * @param outputBefore tokens that the answer counts though they were written for requests before
     */
    ModelFacts(
            String requested,
            @Nullable String provider,
            List<org.springframework.ai.chat.messages.Message> messages,
            long inputBefore,
            long outputBefore) {
        super(Kind.MODEL, SpringAiInstrumentation.NAME, requested);
        this.provider = provider;
        this.messages = messages;
        this.inputBefore = inputBefore;
        this.outputBefore = outputBefore;
    }

    @Override
    public @Nullable String provider() {
        return provider;
    }

    @Override
    public Object @Nullable [] arguments() {
        return new @Nullable Object[] {Messages.lastOfUser(messages)};
    }

    @Override
    public @Nullable String responseModel() {
        return answer.model();
    }

    @Override
    public @Nullable String responseId() {
        return answer.id();
    }

    @Override
    public @Nullable String finishReason() {
        return answer.finishReason();
    }

    @Override
    public long inputTokens() {
        return without(answer.inputTokens(), inputBefore);
    }

    @Override
    public long outputTokens() {
        return without(answer.outputTokens(), outputBefore);
    }

    private static long without(long tokens, long before) {
        // A sum to which nothing was added is no news of this request.
        if (before > 0 && tokens == before) return -1;
        return tokens > before ? tokens - before : tokens;
    }

    @Override
    public Message @Nullable [] input() {
        return Messages.of(messages);
    }

    @Override
    public Message @Nullable [] output() {
        return answer.messages();
    }
}
