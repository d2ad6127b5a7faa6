package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Inside;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.tool.ToolCallback;
import reactor.core.publisher.Flux;

/**
 * Chat clients (runs), chat models, tools and chat memory of Spring AI.
 *
 * <p>Spring AI 1 calls tools inside a model's {@code call} and asks the model again in there; Spring AI 2 does that around
 * it. Both look the same here: each request to a model is a model call, and tools are called beside it, not inside.
 */
public final class SpringAiInstrumentation implements Instrumentation {

    static final String NAME = "spring-ai";

    private static final String AI = "org.springframework.ai.";
    private static final String STRING = "java.lang.String";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void weave(Weaving weaving) {
        clients(weaving);
        models(weaving);
        tools(weaving);
        memory(weaving);
    }

    private static void clients(Weaving weaving) {
        String request = AI + "chat.client.ChatClientRequest";
        weaving.type(AI + "chat.client.DefaultChatClient$DefaultCallResponseSpec")
                .method("doGetObservableChatClientResponse", "Run", request);
        weaving.type(AI + "chat.client.DefaultChatClient$DefaultStreamResponseSpec")
                .method("doGetObservableFluxChatResponse", "StreamedRun", request);
    }

    private static void models(Weaving weaving) {
        String prompt = AI + "chat.prompt.Prompt";
        weaving.subtypesOf(
                        AI + "chat.model.ChatModel",
                        "(Lorg/springframework/ai/chat/prompt/Prompt;)Lorg/springframework/ai/chat/model/ChatResponse;")
                .exactly("call", "Model", prompt);
        weaving.subtypesOf(
                        AI + "chat.model.StreamingChatModel",
                        "(Lorg/springframework/ai/chat/prompt/Prompt;)Lreactor/core/publisher/Flux;")
                .exactly("stream", "StreamedModel", prompt);
    }

    private static void tools(Weaving weaving) {
        weaving.subtypesOf(AI + "model.tool.ToolCallingManager", "executeToolCalls")
                .exactly("executeToolCalls", "Tools", AI + "chat.prompt.Prompt", AI + "chat.model.ChatResponse");
        weaving.subtypesOf(AI + "tool.ToolCallback", "getToolDefinition")
                .exactly("call", "Tool", STRING)
                .exactly("call", "Tool", STRING, AI + "chat.model.ToolContext");
    }

    private static void memory(Weaving weaving) {
        String list = "java.util.List";
        weaving.subtypesOf(AI + "chat.memory.ChatMemory", "org/springframework/ai/chat/memory/ChatMemory")
                .exactly("get", "ReadMemory", STRING)
                .exactly("get", "ReadMemory", STRING, "int")
                .exactly("add", "WriteMemory", STRING, list)
                .exactly("clear", "ClearMemory", STRING);
        weaving.subtypesOf(AI + "chat.memory.ChatMemoryRepository", "findByConversationId")
                .exactly("findByConversationId", "ReadMemory", STRING)
                .exactly("saveAll", "WriteMemory", STRING, list)
                .exactly("deleteByConversationId", "ClearMemory", STRING);
    }

    // ---- clients

    static final class Run {

        static @Nullable ClientRun enter(Object client, @Nullable ChatClientRequest request) {
            // One form of the method calls the other.
            if (request == null || !Hooks.armed() || Inside.of(request)) return null;
            ClientRun run = new ClientRun(request);
            run.begin();
            return run;
        }

        static void exit(@Nullable ClientRun run, @Nullable ChatClientResponse response, @Nullable Throwable thrown) {
            if (run == null) return;
            if (response != null) run.heard(response);
            run.end(thrown);
            run.leave();
        }
    }

    static final class StreamedRun {

        static @Nullable Flux<ChatClientResponse> exit(
                @Nullable Flux<ChatClientResponse> responses,
                @Nullable Throwable thrown,
                Object client,
                @Nullable ChatClientRequest request) {
            if (responses == null || request == null || !Hooks.armed()) return responses;
            return new ScopedFlux<>(responses, () -> new ClientRun(request));
        }
    }

    // ---- models

    static final class Model {

        static @Nullable ModelCall enter(Object model, @Nullable Prompt prompt) {
            if (prompt == null || !Hooks.armed()) return null;
            ModelCall call = new ModelCall(model, prompt);
            call.begin();
            return call;
        }

        static void exit(@Nullable ModelCall call, @Nullable ChatResponse response, @Nullable Throwable thrown) {
            if (call == null) return;
            if (response != null) call.heard(response);
            call.end(thrown);
            call.leave();
        }
    }

    static final class StreamedModel {

        static @Nullable Flux<ChatResponse> exit(
                @Nullable Flux<ChatResponse> responses,
                @Nullable Throwable thrown,
                Object model,
                @Nullable Prompt prompt) {
            if (responses == null || prompt == null || !Hooks.armed()) return responses;
            return new ScopedFlux<>(responses, () -> new ModelCall(model, prompt));
        }
    }

    // ---- tools

    /** All that one message of a model asks for, one after the other. */
    static final class Tools {

        static @Nullable ToolRound enter(Object manager, Object prompt, @Nullable ChatResponse response) {
            return response == null || !Hooks.armed() ? null : ToolRound.begin(response);
        }

        static void exit(@Nullable ToolRound round, @Nullable ToolExecutionResult result, @Nullable Throwable thrown) {
            if (round != null) round.end(thrown == null ? result : null);
        }
    }

    static final class Tool {

        static @Nullable Call enter(ToolCallback tool, @Nullable String input) {
            return Hooks.armed() ? ToolFacts.begin(tool, input) : null;
        }

        static void exit(@Nullable Call call, @Nullable String result, @Nullable Throwable thrown) {
            if (call != null) ToolFacts.end(call, result, thrown);
        }
    }

    // ---- memory

    static final class ReadMemory {

        static @Nullable Call enter(Object memory, @Nullable String conversation) {
            return Hooks.begin(new MemoryFacts("search_memory", memory, conversation));
        }

        static void exit(@Nullable Call call, @Nullable Object messages, @Nullable Throwable thrown) {
            Hooks.end(call, 0, thrown);
        }
    }

    static final class WriteMemory {

        static @Nullable Call enter(Object memory, @Nullable String conversation) {
            return Hooks.begin(new MemoryFacts("update_memory", memory, conversation));
        }

        static void exit(@Nullable Call call, @Nullable Throwable thrown) {
            Hooks.end(call, 0, thrown);
        }
    }

    static final class ClearMemory {

        static @Nullable Call enter(Object memory, @Nullable String conversation) {
            return Hooks.begin(new MemoryFacts("delete_memory", memory, conversation));
        }

        static void exit(@Nullable Call call, @Nullable Throwable thrown) {
            Hooks.end(call, 0, thrown);
        }
    }
}
