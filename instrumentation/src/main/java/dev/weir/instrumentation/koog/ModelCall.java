package dev.weir.instrumentation.koog;

import ai.koog.prompt.Prompt;
import ai.koog.prompt.llm.LLModel;
import ai.koog.prompt.message.Message.Assistant;
import ai.koog.prompt.message.ResponseMetaInfo;
import ai.koog.prompt.streaming.StreamFrame;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Said;
import dev.weir.instrumentation.shared.Scoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of a model, whole or streamed. */
class ModelCall extends Scoped<Object> {

    private final Facts facts;

    ModelCall(Prompt prompt, LLModel model) {
        facts = new Facts(prompt, model);
    }

    /** One executor tells features of the call, and has another one make it. */
    static boolean isMadeBy(Object asked) {
        return Hooks.armed()
                && !asked.getClass().getName().equals("ai.koog.agents.core.feature.ContextualPromptExecutor");
    }

    /** Whether streams are made again by it. */
    static boolean isRetriedBy(Object asked) {
        return asked.getClass().getName().equals("ai.koog.prompt.executor.clients.retry.RetryingLLMClient");
    }

    @Override
    protected final GenAiFacts facts() {
        return facts;
    }

    @Override
    public final void heard(Object item) {
        if (item instanceof Assistant answer) facts.answered(answer);
        else if (item instanceof StreamFrame frame) facts.streamed(frame);
        // Several choices.
        else if (item instanceof List<?> answers && !answers.isEmpty() && answers.get(0) instanceof Assistant first)
            facts.answered(first);
    }

    private static final class Facts extends GenAiFacts {

        private final Prompt prompt;
        private final LLModel model;
        private final Said said = new Said();
        private volatile @Nullable String id;
        private volatile @Nullable String finishReason;
        private volatile @Nullable ResponseMetaInfo meta;

        Facts(Prompt prompt, LLModel model) {
            super(Kind.MODEL, KoogInstrumentation.NAME, model.getId());
            this.prompt = prompt;
            this.model = model;
        }

        void answered(Assistant answer) {
            said.whole(Contents.text(answer.getParts()));
            id = answer.getId();
            finishReason = answer.getFinishReason();
            meta = answer.getMetaInfo();
        }

        void streamed(StreamFrame frame) {
            if (frame instanceof StreamFrame.TextDelta delta) {
                said.piece(delta.getText());
            } else if (frame instanceof StreamFrame.TextComplete complete) {
                said.whole(complete.getText());
            } else if (frame instanceof StreamFrame.End end) {
                finishReason = end.getFinishReason();
                meta = end.getMetaInfo();
            }
        }

        @Override
        public @Nullable String provider() {
            return Contents.provider(model.getProvider());
        }

        @Override
        public Object @Nullable [] arguments() {
            return new @Nullable Object[] {Contents.lastOfUser(prompt)};
        }

        @Override
        public @Nullable String responseModel() {
            ResponseMetaInfo known = meta;
            return known == null ? null : known.getModelId();
        }

        @Override
        public @Nullable String responseId() {
            return id;
        }

        @Override
        public @Nullable String finishReason() {
            return finishReason;
        }

        @Override
        public long inputTokens() {
            ResponseMetaInfo known = meta;
            Integer tokens = known == null ? null : known.getInputTokensCount();
            return tokens == null ? -1 : tokens;
        }

        @Override
        public long outputTokens() {
            ResponseMetaInfo known = meta;
            Integer tokens = known == null ? null : known.getOutputTokensCount();
            return tokens == null ? -1 : tokens;
        }

        @Override
        public Message @Nullable [] input() {
            return Contents.messages(prompt);
        }

        @Override
        public Message @Nullable [] output() {
            String text = said.text();
            return text == null ? null : Contents.said(text);
        }
    }
}
