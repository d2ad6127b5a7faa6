package dev.weir.instrumentation.langchain4j;

import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import org.jspecify.annotations.Nullable;

/** What a stream can be cancelled by, as newer libraries hand it out with each piece. */
final class Handles {

    private Handles() {}

    static @Nullable Object of(@Nullable Object context) {
        if (context == null) return null;
        // By name: not every version that has one of these classes has all.
        return switch (context.getClass().getSimpleName()) {
            case "PartialResponseContext" -> ((PartialResponseContext) context).streamingHandle();
            case "PartialThinkingContext" -> ((PartialThinkingContext) context).streamingHandle();
            case "PartialToolCallContext" -> ((PartialToolCallContext) context).streamingHandle();
            default -> null;
        };
    }
}
