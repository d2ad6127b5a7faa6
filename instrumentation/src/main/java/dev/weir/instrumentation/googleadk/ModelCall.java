package dev.weir.instrumentation.googleadk;

import com.google.adk.models.BaseLlm;
import com.google.adk.models.LlmRequest;
import com.google.adk.models.LlmResponse;
import com.google.genai.types.GenerateContentResponseUsageMetadata;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.instrumentation.shared.Said;
import dev.weir.instrumentation.shared.Scoped;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One call of a model. It is over before the tools are called that it asks for. */
final class ModelCall extends Scoped<LlmResponse> {

    private final boolean streams;
    private final Facts facts;

    ModelCall(BaseLlm model, LlmRequest request, boolean streams) {
        this.streams = streams;
        this.facts = new Facts(request.model().orElse(model.model()), provider(model), request.contents());
    }

    private static @Nullable String provider(BaseLlm model) {
        return switch (model.getClass().getName()) {
            case "com.google.adk.models.Gemini" -> "gcp.gen_ai";
            case "com.google.adk.models.Claude" -> "anthropic";
            default -> null;
        };
    }

    @Override
    protected GenAiFacts facts() {
        return facts;
    }

    @Override
    public void heard(LlmResponse response) {
        if (streams) facts.chunk();
        boolean partial = response.partial().orElse(false);
        facts.add(response, partial);
        if (partial) return;
        // Whoever hears of it calls the tools that it asks for before the stream has ended.
        if (!streams || response.content().map(Contents::wantsTools).orElse(false)) end(null);
    }

    private static final class Facts extends GenAiFacts {

        private final @Nullable String provider;
        private final List<com.google.genai.types.Content> contents;
        private final Said said = new Said();
        private volatile @Nullable String model;
        private volatile @Nullable String finishReason;
        private volatile @Nullable GenerateContentResponseUsageMetadata usage;

        Facts(String requested, @Nullable String provider, List<com.google.genai.types.Content> contents) {
            super(Kind.MODEL, GoogleAdkInstrumentation.NAME, requested);
            this.provider = provider;
            this.contents = contents;
        }

        void add(LlmResponse response, boolean partial) {
            response.modelVersion().ifPresent(version -> model = version);
            response.finishReason().ifPresent(reason -> finishReason = reason.toString());
            response.usageMetadata().ifPresent(counts -> usage = counts);
            String text = Contents.text(response.content().orElse(null));
            if (partial) said.piece(text);
            else said.whole(text);
        }

        @Override
        public @Nullable String provider() {
            return provider;
        }

        @Override
        public Object @Nullable [] arguments() {
            return new @Nullable Object[] {Contents.lastOfUser(contents)};
        }

        @Override
        public @Nullable String responseModel() {
            return model;
        }

        @Override
        public @Nullable String finishReason() {
            String reason = finishReason;
            return reason == null ? null : reason.toLowerCase(Locale.ROOT);
        }

        @Override
        public long inputTokens() {
            GenerateContentResponseUsageMetadata counts = usage;
            return counts == null ? -1 : counts.promptTokenCount().orElse(-1);
        }

        @Override
        public long outputTokens() {
            GenerateContentResponseUsageMetadata counts = usage;
            if (counts == null || counts.candidatesTokenCount().isEmpty()) return -1;
            long candidates = counts.candidatesTokenCount().get();
            return candidates + counts.thoughtsTokenCount().orElse(0);
        }

        @Override
        public Message @Nullable [] input() {
            return Contents.messages(contents);
        }

        @Override
        public Message @Nullable [] output() {
            String text = said.text();
            return text == null ? null : Contents.said(text);
        }
    }
}
