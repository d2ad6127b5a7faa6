package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.shared.Inside;
import dev.weir.instrumentation.shared.Scoped;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;

/**
 * One call of a {@code ChatModel}. When tools are called inside it, each request to the model is a scope, and the tools
 * are in none of them.
 */
final class ModelCall extends Scoped<ChatResponse> {

    private final String requested;
    private volatile @Nullable String provider;
    private volatile boolean summing;
    // The stream goes on on another thread.
    private volatile ModelFacts facts;
    private long inputTokens;
    private long outputTokens;

    ModelCall(Object model, Prompt prompt) {
        this.requested = Models.requested(model, prompt);
        this.provider = Models.provider(model);
        this.summing = Models.isOfSpring(model);
        this.facts = facts(prompt.getInstructions());
        if (Inside.get() instanceof ModelCall around) around.asks(this);
    }

    /** This model is one that only stands before another, such as an application's own that keeps answers. */
    private void asks(ModelCall other) {
        if (provider != null || other.provider == null) return;
        provider = other.provider;
        summing = other.summing;
        facts.provider = other.provider;
    }

    private ModelFacts facts(List<Message> messages) {
        return new ModelFacts(requested, provider, messages, inputTokens, outputTokens);
    }

    @Override
    protected GenAiFacts facts() {
        return facts;
    }

    @Override
    public void heard(ChatResponse response) {
        facts.answer.add(response);
    }

    /** The model has answered that it wants tools to be called. */
    void wantsTools(ChatResponse response) {
        facts.answer.add(response);
        if (summing) {
            // What such a model says next of tokens are sums.
            inputTokens = Math.max(inputTokens, facts.answer.inputTokens());
            outputTokens = Math.max(outputTokens, facts.answer.outputTokens());
        }
        pause(null);
    }

    /** Tools have been called, and the model is about to be told. */
    void isTold(List<Message> messages) {
        facts = facts(messages);
        next();
    }
}
