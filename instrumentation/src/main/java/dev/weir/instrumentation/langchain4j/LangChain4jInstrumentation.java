package dev.weir.instrumentation.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** LangChain4j's AI services, chat and embedding models, tools and stores of chat memory. */
public final class LangChain4jInstrumentation implements Instrumentation {

    private static final String AI_SERVICES = "dev.langchain4j.service.DefaultAiServices";
    private static final String REQUEST = "dev.langchain4j.agent.tool.ToolExecutionRequest";

    @Override
    public String name() {
        return "langchain4j";
    }

    @Override
    public void weave(Weaving weaving) {
        // The proxies' handler is an anonymous class. Which one it is may change from version to version.
        for (int i = 1; i <= 3; i++) {
            weaving.type(AI_SERVICES + "$" + i)
                    .exactly("invoke", "Invoke", "java.lang.Object", "java.lang.reflect.Method", "java.lang.Object[]");
        }
        weaving.type("dev.langchain4j.service.AiServiceTokenStream")
                .method("<init>", "NewStream")
                .exactly("start", "Start");
        weaving.subtypesOf("dev.langchain4j.model.chat.ChatModel", "doChat")
                .exactly("doChat", "Chat", "dev.langchain4j.model.chat.request.ChatRequest")
                .exactly("doChatAsync", "ChatAsync", "dev.langchain4j.model.chat.request.ChatRequest");
        weaving.subtypesOf("dev.langchain4j.model.chat.StreamingChatModel", "doChat")
                .exactly(
                        "doChat",
                        "Stream",
                        "dev.langchain4j.model.chat.request.ChatRequest",
                        "dev.langchain4j.model.chat.response.StreamingChatResponseHandler");
        weaving.subtypesOf("dev.langchain4j.model.chat.response.StreamingHandle", "cancel")
                .exactly("cancel", "Cancel");
        weaving.subtypesOf("dev.langchain4j.model.embedding.EmbeddingModel", "embedAll", "doEmbed")
                .exactly("embedAll", "EmbedAll", "java.util.List")
                .exactly("doEmbed", "Embed", "dev.langchain4j.model.embedding.request.EmbeddingRequest");
        // Executors that are lambdas cannot be woven: their caller tells of them. It does not exist before 1.4.
        weaving.type("dev.langchain4j.service.tool.ToolService")
                .method("executeWithErrorHandling", "Execute", REQUEST, "dev.langchain4j.service.tool.ToolExecutor");
        weaving.subtypesOf("dev.langchain4j.service.tool.ToolExecutor", "execute", "executeWithContext")
                .exactly("execute", "ExecuteIn", REQUEST, "java.lang.Object")
                .method("executeWithContext", "ExecuteIn", REQUEST);
        weaving.type("dev.langchain4j.service.tool.DefaultToolExecutor")
                .exactly("execute", "InvokeTool", "java.lang.Object[]");
        weaving.subtypesOf("dev.langchain4j.store.memory.chat.ChatMemoryStore", "updateMessages")
                .exactly("getMessages", "ReadMemory", "java.lang.Object")
                .exactly("updateMessages", "WriteMemory", "java.lang.Object", "java.util.List")
                .exactly("deleteMessages", "DeleteMemory", "java.lang.Object");
    }

    static final class Invoke {

        static @Nullable Run enter(Object handler, Object proxy, Method method, Object @Nullable [] arguments) {
            if (!RunFacts.isRun(method)) return null;
            // An agent's run is over when its method is; a stream goes on.
            if (!RunFacts.isStream(method) && AgentCall.isTold()) return null;
            return Run.begin(new RunFacts(proxy, method, arguments));
        }

        static void exit(@Nullable Run run, @Nullable Object result, @Nullable Throwable thrown) {
            if (run != null) run.returned(thrown);
        }
    }

    static final class NewStream {

        static void exit(Object stream) {
            Run.streamed(stream);
        }
    }

    static final class Start {

        static Run.@Nullable Resumed enter(Object stream) {
            return Run.resume(stream);
        }

        static void exit(Run.@Nullable Resumed resumed, @Nullable Throwable thrown) {
            if (resumed != null) resumed.leave(thrown);
        }
    }

    static final class Chat {

        static @Nullable Call enter(ChatModel model, @Nullable ChatRequest request) {
            return request == null ? null : Hooks.begin(ChatFacts.of(model, request));
        }

        static void exit(@Nullable Call call, @Nullable ChatResponse response, @Nullable Throwable thrown) {
            ChatFacts.answered(call, response);
            Hooks.end(call, 0, thrown);
        }
    }

    static final class ChatAsync {

        static @Nullable Call enter(ChatModel model, @Nullable ChatRequest request) {
            return request == null ? null : Hooks.begin(ChatFacts.of(model, request));
        }

        static void exit(
                @Nullable Call call, @Nullable CompletableFuture<ChatResponse> promised, @Nullable Throwable thrown) {
            if (call == null) return;
            if (promised == null) {
                Hooks.end(call, 0, thrown);
                return;
            }
            Hooks.leave(call);
            promised.whenComplete((response, failure) -> {
                ChatFacts.answered(call, response);
                Hooks.end(call, 0, failure);
            });
        }
    }

    static final class Stream {

        static @Nullable StreamedChat enter(StreamingChatModel model, @Nullable ChatRequest request) {
            return request == null ? null : StreamedChat.begin(ChatFacts.of(model, request));
        }

        static @Nullable StreamingChatResponseHandler argument1(
                @Nullable StreamedChat chat,
                StreamingChatModel model,
                @Nullable ChatRequest request,
                @Nullable StreamingChatResponseHandler handler) {
            return chat == null || handler == null ? handler : chat.tells(handler);
        }

        static void exit(@Nullable StreamedChat chat, @Nullable Throwable thrown) {
            if (chat != null) chat.returned(thrown);
        }
    }

    static final class Cancel {

        static void exit(@Nullable Throwable thrown, Object handle) {
            StreamedChat.cancelled(handle);
        }
    }

    static final class EmbedAll {

        static @Nullable Call enter(EmbeddingModel model, @Nullable List<TextSegment> texts) {
            return Hooks.begin(new EmbeddingFacts(model));
        }

        static void exit(@Nullable Call call, @Nullable Object response, @Nullable Throwable thrown) {
            EmbeddingFacts.answered(call, response);
            Hooks.end(call, 0, thrown);
        }
    }

    static final class Embed {

        static @Nullable Call enter(EmbeddingModel model) {
            return Hooks.begin(new EmbeddingFacts(model));
        }

        static void exit(@Nullable Call call, @Nullable Object response, @Nullable Throwable thrown) {
            EmbeddingFacts.answered(call, response);
            Hooks.end(call, 0, thrown);
        }
    }

    static final class Execute {

        static @Nullable ToolCall enter(ToolExecutionRequest request) {
            return ToolCall.begin(request);
        }

        static void exit(@Nullable ToolCall call, @Nullable Object result, @Nullable Throwable thrown) {
            if (call != null) call.end(result, thrown);
        }
    }

    static final class ExecuteIn {

        static @Nullable ToolCall enter(Object executor, ToolExecutionRequest request) {
            return ToolCall.begin(request);
        }

        static void exit(@Nullable ToolCall call, @Nullable Object result, @Nullable Throwable thrown) {
            if (call != null) call.end(result, thrown);
        }
    }

    /** Before 1.4 the executor itself made a text for the model of what a tool threw. */
    static final class InvokeTool {

        static void exit(@Nullable Object result, @Nullable Throwable thrown) {
            if (thrown instanceof InvocationTargetException) ToolCall.threw(thrown.getCause());
        }
    }

    static final class ReadMemory {

        static @Nullable Call enter(Object store, @Nullable Object memoryId) {
            return MemoryFacts.begin("search_memory", store, memoryId);
        }

        static void exit(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
            Hooks.end(call, 0, thrown);
        }
    }

    static final class WriteMemory {

        static @Nullable Call enter(Object store, @Nullable Object memoryId) {
            return MemoryFacts.begin("update_memory", store, memoryId);
        }

        static void exit(@Nullable Call call, @Nullable Throwable thrown) {
            Hooks.end(call, 0, thrown);
        }
    }

    static final class DeleteMemory {

        static @Nullable Call enter(Object store, @Nullable Object memoryId) {
            return MemoryFacts.begin("delete_memory", store, memoryId);
        }

        static void exit(@Nullable Call call, @Nullable Throwable thrown) {
            Hooks.end(call, 0, thrown);
        }
    }
}
