package dev.weir.instrumentation.stainless;

import com.openai.core.ObjectMappers;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Model calls of openai-java: chat completions, responses and embeddings, blocking, asynchronous and streamed. */
public final class OpenAiJavaInstrumentation implements Instrumentation {

    private static final String MODELS = "com.openai.models.";

    @Override
    public String name() {
        return "openai-java";
    }

    @Override
    public void weave(Weaving weaving) {
        service(weaving, "chat.ChatCompletionService", MODELS + "chat.completions.ChatCompletionCreateParams");
        service(weaving, "ResponseService", MODELS + "responses.ResponseCreateParams");
        service(weaving, "EmbeddingService", MODELS + "embeddings.EmbeddingCreateParams");
    }

    private static void service(Weaving weaving, String name, String params) {
        String options = "com.openai.core.RequestOptions";
        weaving.type("com.openai.services.blocking." + name + "Impl")
                .exactly("create", "Create", params, options)
                .exactly("createStreaming", "Streamed", params, options);
        weaving.type("com.openai.services.async." + name + "AsyncImpl")
                .exactly("create", "CreateAsync", params, options)
                .exactly("createStreaming", "Streamed", params, options);
    }

    private static @Nullable ModelCall begin(Object params) {
        if (!Hooks.armed()) return null;
        return ModelCall.begin(new ModelFacts("openai-java", "openai", params, ObjectMappers.jsonMapper()));
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
