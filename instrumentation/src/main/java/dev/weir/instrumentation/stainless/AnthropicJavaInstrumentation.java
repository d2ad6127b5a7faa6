package dev.weir.instrumentation.stainless;

import com.anthropic.core.ObjectMappers;
import com.anthropic.models.beta.messages.BetaToolResultBlockParam;
import com.anthropic.models.beta.messages.BetaToolUseBlockParam;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Model calls of anthropic-java, blocking, asynchronous and streamed, and the tools that its {@code BetaToolRunner} calls. */
public final class AnthropicJavaInstrumentation implements Instrumentation {

    static final String NAME = "anthropic-java";

    private static final String SDK = "com.anthropic";
    private static final String HELPERS = SDK + ".helpers.";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void weave(Weaving weaving) {
        Services.weave(weaving, SDK, "MessageService", SDK + ".models.messages.MessageCreateParams");
        Services.weave(weaving, SDK, "beta.MessageService", SDK + ".models.beta.messages.MessageCreateParams");
        weaving.type(HELPERS + "BetaToolRunner")
                .method("generateToolUseResult", "Tool", SDK + ".models.beta.messages.BetaToolUseBlockParam");
        weaving.type(HELPERS + "BetaRunnableTool")
                .exactly("run$anthropic_java_core", "ToolItself", SDK + ".core.JsonField");
    }

    private static @Nullable ModelCall begin(Object params) {
        if (!Hooks.armed()) return null;
        return ModelCall.begin(new ModelFacts(NAME, "anthropic", params, ObjectMappers.jsonMapper()));
    }

    static final class Create {

        static @Nullable ModelCall enter(Object service, Object params) {
            return begin(params);
        }

        static void exit(@Nullable ModelCall call, @Nullable Object answer, @Nullable Throwable thrown) {
            if (call != null) call.answered(answer, thrown);
        }
    }

    static final class CreateAsync {

        static @Nullable ModelCall enter(Object service, Object params) {
            return begin(params);
        }

        static @Nullable CompletableFuture<?> exit(
                @Nullable ModelCall call, @Nullable CompletableFuture<?> answer, @Nullable Throwable thrown) {
            return call == null ? answer : call.answers(answer, thrown);
        }
    }

    static final class Streamed {

        static @Nullable ModelCall enter(Object service, Object params) {
            return begin(params);
        }

        static @Nullable Object exit(@Nullable ModelCall call, @Nullable Object answer, @Nullable Throwable thrown) {
            return call == null ? answer : call.streams(answer, thrown);
        }
    }

    /** The model wants a tool to be called. */
    static final class Tool {

        static @Nullable ToolCall enter(Object runner, BetaToolUseBlockParam wanted) {
            return Hooks.armed() ? ToolCall.begin(wanted) : null;
        }

        static void exit(
                @Nullable ToolCall call, @Nullable BetaToolResultBlockParam result, @Nullable Throwable thrown) {
            if (call != null) call.end(result, thrown);
        }
    }

    /** What a tool throws the runner tells the model in words. */
    static final class ToolItself {

        static void exit(@Nullable Object content, @Nullable Throwable thrown) {
            if (thrown != null) ToolCall.threw(thrown);
        }
    }
}
