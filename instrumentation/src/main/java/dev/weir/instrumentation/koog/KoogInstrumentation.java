package dev.weir.instrumentation.koog;

import ai.koog.agents.core.agent.AIAgent;
import ai.koog.agents.core.agent.entity.AIAgentStrategy;
import ai.koog.prompt.Prompt;
import ai.koog.prompt.executor.model.ResolvedModel;
import ai.koog.prompt.llm.LLModel;
import ai.koog.prompt.message.MessagePart;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Inside;
import dev.weir.instrumentation.shared.Lasting;
import dev.weir.instrumentation.shared.coroutines.ScopedContinuation;
import dev.weir.instrumentation.shared.coroutines.ScopedFlow;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function1;
import kotlinx.coroutines.flow.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Runs, model calls and tool calls of Koog, and the tries of its clients that retry.
 *
 * <p>A suspending function is entered again, without its arguments, each time that it is resumed.
 */
public final class KoogInstrumentation implements Instrumentation {

    static final String NAME = "koog";

    private static final String CORE = "ai.koog.agents.core.";
    private static final String EXECUTOR = "ai.koog.prompt.executor.";
    private static final String OBJECT = "java.lang.Object";
    private static final String STRING = "java.lang.String";
    private static final String LIST = "java.util.List";
    private static final String CONTINUATION = "kotlin.coroutines.Continuation";
    private static final String PROMPT = "ai.koog.prompt.Prompt";
    private static final String MODEL = "ai.koog.prompt.llm.LLModel";
    private static final String RESOLVED = EXECUTOR + "model.ResolvedModel";
    private static final String CALL = "ai.koog.prompt.message.MessagePart$Tool$Call";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(CORE + "agent.AIAgentRunSessionImpl")
                .method(
                        "<init>",
                        "Session",
                        STRING,
                        "io.github.oshai.kotlinlogging.KLogger",
                        CORE + "agent.AIAgent",
                        CORE + "agent.entity.AIAgentStrategy")
                .exactly("run", "Run", OBJECT, CORE + "agent.session.AdditionalInputs", CONTINUATION);
        models(weaving.subtypesOf(
                EXECUTOR + "model.PromptExecutorAPI",
                asked("Ljava/util/List;Lkotlin/coroutines/Continuation;)Ljava/lang/Object;"),
                asked("Ljava/util/List;)Lkotlinx/coroutines/flow/Flow;")));
        models(weaving.subclassesOf(
                EXECUTOR + "clients.LLMClient",
                asked("Ljava/util/List;Lkotlin/coroutines/Continuation;)Ljava/lang/Object;"),
                asked("Ljava/util/List;)Lkotlinx/coroutines/flow/Flow;")));
        weaving.type(EXECUTOR + "clients.retry.RetryingLLMClient")
                .exactly("withRetry", "Retry", STRING, "kotlin.jvm.functions.Function1", CONTINUATION);
        weaving.subtypesOf(
                        CORE + "environment.AIAgentEnvironment",
                        "(Lai/koog/prompt/message/MessagePart$Tool$Call;Lkotlin/coroutines/Continuation;)Ljava/lang/Object;")
                .exactly("executeTool", "Tool", CALL, CONTINUATION)
                .exactly("executeTool", "ToolWithMetadata", CALL, CORE + "tools.ToolCallMetadata", CONTINUATION);
        weaving.type(CORE + "agent.AIAgentTool")
                .exactly("execute", "AgentTool", CORE + "agent.AIAgentTool$AgentToolInput", CONTINUATION);
    }

    private static String asked(String further) {
        return "(Lai/koog/prompt/Prompt;Lai/koog/prompt/llm/LLModel;" + further;
    }

    private static void models(Weaving.Target target) {
        target.exactly("execute", "Model", PROMPT, MODEL, LIST, CONTINUATION)
                .exactly("executeMultipleChoices", "Model", PROMPT, MODEL, LIST, CONTINUATION)
                .exactly("executeStreaming", "Stream", PROMPT, MODEL, LIST)
                // Since 1.1 an executor resolves the model first.
                .exactly("execute", "ResolvedCall", PROMPT, RESOLVED, LIST, CONTINUATION)
                .exactly("executeMultipleChoices", "ResolvedCall", PROMPT, RESOLVED, LIST, CONTINUATION)
                .exactly("executeStreaming", "ResolvedStream", PROMPT, RESOLVED, LIST);
    }

    // ---- runs

    /** What a session is made of nobody can ask it for. */
    static final class Session {

        static void exit(
                Object session, String id, Object logger, AIAgent<?, ?> agent, AIAgentStrategy<?, ?, ?> strategy) {
            if (Hooks.armed()) AgentRun.remember(session, id, agent, strategy);
        }
    }

    static final class Run {

        static @Nullable AgentRun enter(Object session, @Nullable Object input, @Nullable Object inputs) {
            if (inputs == null || !Hooks.armed()) return null;
            AgentRun run = AgentRun.of(session, input);
            if (run != null) run.begin();
            return run;
        }

        static Continuation<Object> argument2(
                @Nullable AgentRun run,
                Object session,
                @Nullable Object input,
                @Nullable Object inputs,
                Continuation<Object> caller) {
            return ScopedContinuation.of(run, caller);
        }

        static void exit(@Nullable AgentRun run, @Nullable Object result, @Nullable Throwable thrown) {
            ScopedContinuation.returned(run, result, thrown);
        }
    }

    // ---- models

    static final class Model {

        static @Nullable ModelCall enter(Object asked, @Nullable Prompt prompt, @Nullable LLModel model) {
            if (prompt == null || model == null || !ModelCall.isMadeBy(asked)) return null;
            ModelCall call = new ModelCall(prompt, model);
            call.begin();
            return call;
        }

        static Continuation<Object> argument3(
                @Nullable ModelCall call,
                Object asked,
                @Nullable Object prompt,
                @Nullable Object model,
                @Nullable Object tools,
                Continuation<Object> caller) {
            return ScopedContinuation.of(call, caller);
        }

        static void exit(@Nullable ModelCall call, @Nullable Object result, @Nullable Throwable thrown) {
            ScopedContinuation.returned(call, result, thrown);
        }
    }

    static final class ResolvedCall {

        static @Nullable ModelCall enter(Object asked, @Nullable Prompt prompt, @Nullable ResolvedModel model) {
            return Model.enter(asked, prompt, model == null ? null : model.getEffectiveModel());
        }

        static Continuation<Object> argument3(
                @Nullable ModelCall call,
                Object asked,
                @Nullable Object prompt,
                @Nullable Object model,
                @Nullable Object tools,
                Continuation<Object> caller) {
            return ScopedContinuation.of(call, caller);
        }

        static void exit(@Nullable ModelCall call, @Nullable Object result, @Nullable Throwable thrown) {
            ScopedContinuation.returned(call, result, thrown);
        }
    }

    /** Methods for Java have the same parameters, and give a publisher of the flow. */
    static final class Stream {

        static @Nullable Object exit(
                @Nullable Object frames,
                @Nullable Throwable thrown,
                Object asked,
                @Nullable Prompt prompt,
                @Nullable LLModel model) {
            if (!(frames instanceof Flow<?> flow) || prompt == null || model == null) return frames;
            if (!ModelCall.isMadeBy(asked)) return frames;
            boolean retries = ModelCall.isRetriedBy(asked);
            return new ScopedFlow<Object>(flow, () -> collected(prompt, model, retries));
        }

        /** A client that retries collects the flow of another one, once for each try. */
        private static Lasting<Object> collected(Prompt prompt, LLModel model, boolean retries) {
            if (!retries && Inside.get() instanceof RetriedCall retried) return retried.tries.next();
            return retries ? new RetriedCall(prompt, model) : new ModelCall(prompt, model);
        }
    }

    static final class ResolvedStream {

        static @Nullable Object exit(
                @Nullable Object frames,
                @Nullable Throwable thrown,
                Object asked,
                @Nullable Prompt prompt,
                @Nullable ResolvedModel model) {
            return Stream.exit(frames, thrown, asked, prompt, model == null ? null : model.getEffectiveModel());
        }
    }

    static final class Retry {

        static @Nullable Function1<? super Continuation<Object>, Object> argument1(
                Object client, @Nullable String operation, @Nullable Function1<Continuation<Object>, Object> action) {
            return action == null || !Hooks.armed() ? action : new Tries(action);
        }
    }

    // ---- tools

    static final class Tool {

        static @Nullable ToolCall enter(Object environment, MessagePart.Tool.@Nullable Call asked) {
            if (asked == null || !Hooks.armed() || !ToolCall.isMadeBy(environment)) return null;
            if (Inside.get() instanceof ToolCall around && around.isOf(asked)) return null;
            ToolCall call = new ToolCall(asked);
            call.begin();
            return call;
        }

        static Continuation<Object> argument1(
                @Nullable ToolCall call, Object environment, @Nullable Object asked, Continuation<Object> caller) {
            return ScopedContinuation.of(call, caller);
        }

        static void exit(@Nullable ToolCall call, @Nullable Object result, @Nullable Throwable thrown) {
            ScopedContinuation.returned(call, result, thrown);
        }
    }

    static final class ToolWithMetadata {

        static @Nullable ToolCall enter(Object environment, MessagePart.Tool.@Nullable Call asked) {
            return Tool.enter(environment, asked);
        }

        static Continuation<Object> argument2(
                @Nullable ToolCall call,
                Object environment,
                @Nullable Object asked,
                @Nullable Object metadata,
                Continuation<Object> caller) {
            return ScopedContinuation.of(call, caller);
        }

        static void exit(@Nullable ToolCall call, @Nullable Object result, @Nullable Throwable thrown) {
            ScopedContinuation.returned(call, result, thrown);
        }
    }

    /** The tool is an agent. */
    static final class AgentTool {

        static void enter(Object tool, @Nullable Object arguments) {
            if (arguments != null && Inside.get() instanceof ToolCall call) call.runsAnAgent();
        }
    }
}
