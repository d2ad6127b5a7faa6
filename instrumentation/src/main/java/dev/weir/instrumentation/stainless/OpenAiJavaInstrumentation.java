package dev.weir.instrumentation.stainless;

import com.openai.core.ObjectMappers;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Model calls of openai-java: chat completions, responses and embeddings, blocking, asynchronous and streamed. */
public final class OpenAiJavaInstrumentation implements Instrumentation {

    private static final String NAME = "openai-java";

    private static final String SDK = "com.openai";
    private static final String MODELS = SDK + ".models.";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void weave(Weaving weaving) {
        Services.weave(
                weaving, SDK, "chat.ChatCompletionService", MODELS + "chat.completions.ChatCompletionCreateParams");
        Services.weave(weaving, SDK, "ResponseService", MODELS + "responses.ResponseCreateParams");
        Services.weave(weaving, SDK, "EmbeddingService", MODELS + "embeddings.EmbeddingCreateParams");
    }

    private static @Nullable ModelCall begin(Object params) {
        if (!Hooks.armed()) return null;
        return ModelCall.begin(new ModelFacts(NAME, "openai", params, ObjectMappers.jsonMapper()));
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
}
