package dev.weir.instrumentation.langchain4j;

import dev.langchain4j.model.ModelProvider;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names of those who run models, as OpenTelemetry's conventions spell them. */
final class Providers {

    private Providers() {}

    /** {@code null} when LangChain4j has no name for it either. */
    static @Nullable String name(@Nullable ModelProvider provider) {
        if (provider == null) return null;
        // By name: which ones there are differs from version to version.
        return switch (provider.name()) {
            case "OPEN_AI" -> "openai";
            case "AMAZON_BEDROCK" -> "aws.bedrock";
            case "AZURE_OPEN_AI" -> "azure.ai.openai";
            case "MICROSOFT_FOUNDRY", "GITHUB_MODELS" -> "azure.ai.inference";
            case "GOOGLE_AI_GEMINI", "GOOGLE_GENAI" -> "gcp.gemini";
            case "GOOGLE_VERTEX_AI_GEMINI", "GOOGLE_VERTEX_AI_ANTHROPIC" -> "gcp.vertex_ai";
            case "WATSONX" -> "ibm.watsonx.ai";
            case "OTHER" -> null;
            default -> provider.name().toLowerCase(Locale.ROOT);
        };
    }
}
