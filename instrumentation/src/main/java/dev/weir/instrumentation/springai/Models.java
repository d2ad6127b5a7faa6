package dev.weir.instrumentation.springai;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;

/** What is known of a model before it answers. */
final class Models {

    private static final String AI = "org.springframework.ai.";

    /** The conventions' names, by the package below {@link #AI}. */
    private static final Map<String, String> PROVIDERS = Map.ofEntries(
            Map.entry("anthropic", "anthropic"),
            Map.entry("azure", "azure.ai.openai"),
            Map.entry("bedrock", "aws.bedrock"),
            Map.entry("deepseek", "deepseek"),
            Map.entry("google", "gcp.gemini"),
            Map.entry("minimax", "minimax"),
            Map.entry("mistralai", "mistral_ai"),
            Map.entry("moonshot", "moonshot"),
            Map.entry("oci", "oci"),
            Map.entry("ollama", "ollama"),
            Map.entry("openai", "openai"),
            Map.entry("openaisdk", "openai"),
            Map.entry("vertexai", "gcp.vertex_ai"),
            Map.entry("zhipuai", "zhipuai"));

    private Models() {}

    /** Whether Spring has made it. */
    static boolean isOfSpring(Object model) {
        return model.getClass().getName().startsWith(AI);
    }

    /** Whose model it is, by its class or those that it extends. */
    static @Nullable String provider(Object model) {
        for (Class<?> type = model.getClass(); type != null; type = type.getSuperclass()) {
            String name = type.getName();
            if (!name.startsWith(AI)) continue;
            int end = name.indexOf('.', AI.length());
            String provider = end < 0 ? null : PROVIDERS.get(name.substring(AI.length(), end));
            if (provider != null) return provider;
        }
        return null;
    }

    /** The model that is asked for; empty when nobody says. */
    static String requested(Object model, Prompt prompt) {
        try {
            String requested = name(prompt.getOptions());
            if (requested == null && model instanceof ChatModel chat) requested = name(options(chat));
            return requested == null ? "" : requested;
        } catch (RuntimeException odd) {
            // An application's own options, or its own model.
            return "";
        }
    }

    private static @Nullable String name(@Nullable ChatOptions options) {
        String name = options == null ? null : options.getModel();
        return name == null || name.isEmpty() ? null : name;
    }

    /** Spring AI 1 knows only the first, and Spring AI 2 is about to drop it. */
    @SuppressWarnings("removal")
    private static @Nullable ChatOptions options(ChatModel model) {
        try {
            return model.getDefaultOptions();
        } catch (NoSuchMethodError newer) {
            return model.getOptions();
        }
    }
}
