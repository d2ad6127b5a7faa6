package dev.weir.instrumentation.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.GenAiFacts;
import org.jspecify.annotations.Nullable;

/** A call of an embedding model. */
final class EmbeddingFacts extends GenAiFacts {

    private final EmbeddingModel model;
    private volatile @Nullable Object response;

    EmbeddingFacts(EmbeddingModel model) {
        super(Kind.MODEL, "langchain4j", name(model));
        this.model = model;
    }

    private static String name(EmbeddingModel model) {
        try {
            String name = model.modelName();
            return name == null || name.equals("unknown") ? "" : name;
        } catch (LinkageError | RuntimeException unknown) {
            return "";
        }
    }

    /** The model has answered. */
    static void answered(@Nullable Call call, @Nullable Object response) {
        if (call != null && call.facts() instanceof EmbeddingFacts facts) facts.response = response;
    }

    @Override
    public String operation() {
        return "embeddings";
    }

    @Override
    public @Nullable String provider() {
        try {
            return Providers.name(model.provider());
        } catch (LinkageError | RuntimeException unknown) {
            return null;
        }
    }

    @Override
    public long inputTokens() {
        TokenUsage usage = usage();
        Integer count = usage == null ? null : usage.inputTokenCount();
        return count == null ? -1 : count;
    }

    private @Nullable TokenUsage usage() {
        Object answer = response;
        if (answer == null) return null;
        if (answer instanceof Response<?> whole) return whole.tokenUsage();
        // Looked at last: older libraries have no such class, and no such answers.
        return answer instanceof EmbeddingResponse newer ? newer.metadata().tokenUsage() : null;
    }
}
