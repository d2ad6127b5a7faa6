package dev.weir.instrumentation.koog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.koog.agents.core.agent.AIAgent;
import ai.koog.agents.core.agent.AIAgentService;
import ai.koog.agents.core.agent.AIAgentTool;
import ai.koog.agents.core.tools.Tool;
import ai.koog.agents.core.tools.ToolDescriptor;
import ai.koog.agents.core.tools.ToolRegistry;
import ai.koog.http.client.ktor.KtorKoogHttpClient;
import ai.koog.prompt.Prompt;
import ai.koog.prompt.executor.clients.ConnectionTimeoutConfig;
import ai.koog.prompt.executor.clients.LLMClient;
import ai.koog.prompt.executor.clients.openai.OpenAIClientSettings;
import ai.koog.prompt.executor.clients.openai.OpenAILLMClient;
import ai.koog.prompt.executor.clients.retry.RetryConfig;
import ai.koog.prompt.executor.clients.retry.RetryingLLMClient;
import ai.koog.prompt.executor.llms.MultiLLMPromptExecutor;
import ai.koog.prompt.executor.model.PromptExecutor;
import ai.koog.prompt.llm.LLMCapability;
import ai.koog.prompt.llm.LLMProvider;
import ai.koog.prompt.llm.LLModel;
import ai.koog.prompt.streaming.StreamFrame;
import ai.koog.serialization.JSONElement;
import ai.koog.serialization.JSONElementKt;
import ai.koog.serialization.JSONObject;
import ai.koog.serialization.JSONSerializer;
import ai.koog.serialization.TypeToken;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.OpenAiServer;
import dev.weir.instrumentation.testing.RecordingAgent;
import dev.weir.instrumentation.testing.Suspending;
import io.ktor.client.HttpClient;
import io.ktor.client.HttpClientKt;
import io.ktor.client.engine.cio.CIO;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.DelayKt;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/** Agents of Koog as an application in Java has them, with a model on a server of the test's. */
final class Koog implements AutoCloseable {

    /** What a model call is on the wire. */
    static final String POST = "POST /v1/chat/completions";

    static final LLModel MODEL = new LLModel(
            LLMProvider.OpenAI,
            "gpt-x",
            List.of(
                    LLMCapability.Completion.INSTANCE,
                    LLMCapability.Tools.INSTANCE,
                    LLMCapability.MultipleChoices.INSTANCE,
                    LLMCapability.OpenAIEndpoint.Completions.INSTANCE));

    private final HttpClient http = HttpClientKt.HttpClient(CIO.INSTANCE, config -> Unit.INSTANCE);
    final OpenAiServer server;
    final LLMClient client;

    Koog() throws Exception {
        server = new OpenAiServer();
        String base = server.url().replace("/v1", "");
        client = new OpenAILLMClient(
                "no key",
                new OpenAIClientSettings(
                        base,
                        new ConnectionTimeoutConfig(),
                        "v1/chat/completions",
                        "v1/responses",
                        "v1/embeddings",
                        "v1/moderations",
                        "v1/models"),
                new KtorKoogHttpClient.Factory(http));
    }

    @Override
    public void close() throws Exception {
        client.close();
        http.close();
        server.close();
    }

    MultiLLMPromptExecutor executor() {
        return new MultiLLMPromptExecutor(client);
    }

    AIAgent<String, String> agent(@Nullable String id, Tool<?, ?>... tools) {
        return AIAgent.builder()
                .promptExecutor(executor())
                .llmModel(MODEL)
                .systemPrompt("You do what is asked.")
                .toolRegistry(
                        ToolRegistry.builder().tools(List.<Tool<?, ?>>of(tools)).build())
                .id(id)
                .build();
    }

    /** An agent that another one has as a tool. */
    Tool<?, ?> asTool(String name) {
        return new AIAgentTool<>(
                AIAgentService.builder()
                        .promptExecutor(executor())
                        .llmModel(MODEL)
                        .build(),
                name,
                "knows everything",
                "a question",
                TypeToken.of(String.class),
                TypeToken.of(String.class),
                "clerk");
    }

    /** One that makes calls again, after a millisecond. Kotlin hides from Java how to say so. */
    LLMClient retrying() throws Exception {
        // As kotlin.time.Duration writes nanoseconds.
        long pause = 1_000_000L << 1;
        for (Constructor<?> each : RetryConfig.class.getConstructors()) {
            if (each.getParameterCount() != 8) continue;
            Object config = each.newInstance(3, pause, pause, 1.0, 0.1, RetryConfig.DEFAULT_PATTERNS, null, null);
            return new RetryingLLMClient(client, (RetryConfig) config);
        }
        throw new AssertionError("no such constructor");
    }

    /** What the executor gives code in Kotlin; that in Java gets a publisher. */
    @SuppressWarnings("unchecked")
    static Flow<Object> stream(PromptExecutor executor, String asked) throws Exception {
        for (Method each : executor.getClass().getMethods()) {
            if (!each.getName().equals("executeStreaming") || each.getReturnType() != Flow.class) continue;
            if (each.getParameterTypes()[1] != LLModel.class) continue;
            return (Flow<Object>) each.invoke(executor, prompt(asked), MODEL, List.of());
        }
        throw new AssertionError("no such method");
    }

    /** Java cannot say what a continuation is resumed with. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static <T> Continuation<T> typed(Continuation<Object> next) {
        return (Continuation) next;
    }

    static Prompt prompt(String asked) {
        return Prompt.builder("prompt").user(asked).build();
    }

    /** A tool that takes its arguments as they are, and answers with a text. */
    static Tool<JSONObject, String> tool(String name, Suspending<JSONObject> body) {
        return new TextTool(name, body);
    }

    private static final class TextTool extends Tool<JSONObject, String> {

        private final Suspending<JSONObject> body;

        TextTool(String name, Suspending<JSONObject> body) {
            super(
                    TypeToken.of(JSONObject.class),
                    TypeToken.of(String.class),
                    new ToolDescriptor(name, "does something", List.of(), List.of(), null),
                    Map.of());
            this.body = body;
        }

        @Override
        public @Nullable Object execute(JSONObject arguments, Continuation<? super String> caller) {
            return body.<String>typed().invoke(arguments, caller);
        }

        @Override
        public JSONObject decodeArgs(JSONObject arguments, JSONSerializer serializer) {
            return arguments;
        }

        @Override
        public JSONElement encodeResult(String result, JSONSerializer serializer) {
            return JSONElementKt.JSONPrimitive(result);
        }

        @Override
        public String encodeResultToString(String result, JSONSerializer serializer) {
            return result;
        }
    }

    /** The causal context of this thread. */
    static Object here() {
        Object context = Hooks.capture();
        return context == null ? "nothing" : context;
    }

    static Object delay(Continuation<Object> next) {
        return DelayKt.delay(1, typed(next));
    }

    static Object await(CoroutineContext dispatcher, Suspending<CoroutineScope> body) throws Exception {
        return BuildersKt.runBlocking(dispatcher, body.typed());
    }

    /** So many tries of one model call have each made one request. */
    static void assertTries(RecordingAgent agent, int count) {
        List<ScopeFacts> tries = agent.begun().stream()
                .filter(facts -> facts.kind() == CallFacts.Kind.RETRY)
                .map(ScopeFacts.class::cast)
                .toList();
        assertEquals(count, tries.size());
        for (int i = 0; i < count; i++) {
            assertEquals(i + 1, tries.get(i).tryNumber());
            Call before = tries.get(i).previousTry();
            assertSame(i == 0 ? null : tries.get(i - 1), before == null ? null : before.facts());
        }
        assertEquals(Collections.nCopies(count, "MODEL"), agent.parents(CallFacts.Kind.RETRY));
        assertEquals(Collections.nCopies(count, "RETRY"), agent.parents(CallFacts.Kind.HTTP_CLIENT));
    }

    /** Subscribes to a stream and puts the text together. */
    static final class Text implements Subscriber<StreamFrame> {

        private final CompletableFuture<String> whole;
        private final StringBuilder text = new StringBuilder();

        Text(CompletableFuture<String> whole) {
            this.whole = whole;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(StreamFrame frame) {
            if (frame instanceof StreamFrame.TextDelta delta) text.append(delta.getText());
        }

        @Override
        public void onError(Throwable thrown) {
            whole.completeExceptionally(thrown);
        }

        @Override
        public void onComplete() {
            whole.complete(text.toString());
        }
    }
}
