package dev.weir.instrumentation.googleadk;

import com.google.adk.agents.BaseAgent;
import com.google.adk.agents.InvocationContext;
import com.google.adk.events.Event;
import com.google.adk.models.BaseLlm;
import com.google.adk.models.LlmRequest;
import com.google.adk.models.LlmResponse;
import com.google.adk.runner.Runner;
import com.google.adk.sessions.Session;
import com.google.adk.tools.BaseTool;
import com.google.adk.tools.ToolContext;
import com.google.genai.types.Content;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Inside;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Single;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs, model calls, tool calls, sessions and memory of Google's Agent Development Kit.
 *
 * <p>A run begins when somebody subscribes to it, and each subscription is one. Models, tools and services of sessions may
 * do their work when they are called already, before anybody subscribes to what they give: their scopes begin with the
 * call.
 */
public final class GoogleAdkInstrumentation implements Instrumentation {

    static final String NAME = "google-adk";

    private static final String ADK = "com.google.adk.";
    private static final String STRING = "java.lang.String";
    private static final String SESSION = ADK + "sessions.Session";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(ADK + "runner.Runner")
                .exactly(
                        "runAsync",
                        "Run",
                        STRING,
                        STRING,
                        "com.google.genai.types.Content",
                        ADK + "agents.RunConfig",
                        "java.util.Map");
        weaving.type(ADK + "agents.BaseAgent").exactly("runAsync", "Agent", ADK + "agents.InvocationContext");
        weaving.subclassesOf(
                        ADK + "models.BaseLlm",
                        "(Lcom/google/adk/models/LlmRequest;Z)Lio/reactivex/rxjava3/core/Flowable;")
                .exactly("generateContent", "Model", ADK + "models.LlmRequest", "boolean");
        weaving.type(ADK + "flows.llmflows.Functions").method("callTool", "Tool", ADK + "tools.BaseTool");
        weaving.type(ADK + "tools.FunctionTool")
                .method("call", "ToolMethod", "java.util.Map", ADK + "tools.ToolContext");
        memory(weaving);
    }

    @Override
    public Set<String> ownTracers() {
        return Set.of("gcp.vertex.agent");
    }

    private static void memory(Weaving weaving) {
        // What a service does not do itself, the interface does.
        sessions(weaving.type(ADK + "sessions.BaseSessionService"));
        String strings = "(Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;";
        String single = ")Lio/reactivex/rxjava3/core/Single;";
        String completable = ")Lio/reactivex/rxjava3/core/Completable;";
        sessions(weaving.subtypesOf(
                ADK + "sessions.BaseSessionService",
                strings + "Ljava/util/Optional;)Lio/reactivex/rxjava3/core/Maybe;",
                "(Lcom/google/adk/sessions/Session;Lcom/google/adk/events/Event;" + single));
        weaving.subtypesOf(
                        ADK + "memory.BaseMemoryService",
                        strings + single,
                        "(Lcom/google/adk/sessions/Session;" + completable)
                .exactly("searchMemory", "SearchMemory", STRING, STRING, STRING)
                .exactly("addSessionToMemory", "AddToMemory", SESSION);
    }

    private static void sessions(Weaving.Target target) {
        target.exactly("getSession", "GetSession", STRING, STRING, STRING, "java.util.Optional")
                .exactly("createSession", "CreateSession", STRING, STRING, "java.util.Map", STRING)
                .exactly("createSession", "CreateSession", STRING, STRING, "java.util.concurrent.ConcurrentMap", STRING)
                .exactly("appendEvent", "AppendEvent", SESSION, ADK + "events.Event")
                .exactly("deleteSession", "DeleteSession", STRING, STRING, STRING);
    }

    // ---- runs

    static final class Run {

        static @Nullable Flowable<Event> exit(
                @Nullable Flowable<Event> events,
                @Nullable Throwable thrown,
                Runner runner,
                @Nullable String user,
                @Nullable String session,
                @Nullable Content message) {
            if (events == null || !Hooks.armed()) return events;
            return new ScopedFlowable<>(events, null, () -> AgentRun.asked(runner.agent(), user, session, message));
        }
    }

    static final class Agent {

        static @Nullable Flowable<Event> exit(
                @Nullable Flowable<Event> events,
                @Nullable Throwable thrown,
                BaseAgent agent,
                @Nullable InvocationContext context) {
            if (events == null || context == null || !Hooks.armed()) return events;
            return new ScopedFlowable<>(events, null, () -> Inside.of(agent) ? null : AgentRun.within(agent, context));
        }
    }

    // ---- models

    static final class Model {

        static @Nullable ModelCall enter(BaseLlm model, @Nullable LlmRequest request, boolean streams) {
            if (request == null || !Hooks.armed()) return null;
            ModelCall call = new ModelCall(model, request, streams);
            call.begin();
            return call;
        }

        static @Nullable Flowable<LlmResponse> exit(
                @Nullable ModelCall call,
                @Nullable Flowable<LlmResponse> responses,
                @Nullable Throwable thrown,
                BaseLlm model,
                @Nullable LlmRequest request,
                boolean streams) {
            if (call == null || request == null) return responses;
            if (responses == null) call.end(thrown);
            call.leave();
            return responses == null
                    ? null
                    : new ScopedFlowable<>(responses, call, () -> new ModelCall(model, request, streams));
        }
    }

    // ---- tools

    static final class Tool {

        static @Nullable ToolCall enter(
                @Nullable BaseTool tool, @Nullable Map<String, Object> arguments, @Nullable ToolContext context) {
            if (tool == null || !Hooks.armed()) return null;
            ToolCall call = new ToolCall(tool, arguments, context);
            call.begin();
            return call;
        }

        static @Nullable Maybe<Map<String, Object>> exit(
                @Nullable ToolCall call, @Nullable Maybe<Map<String, Object>> result, @Nullable Throwable thrown) {
            if (call == null) return result;
            if (result == null) call.end(thrown);
            call.leave();
            return result == null ? null : new ScopedMaybe<>(result, call);
        }
    }

    /** The application's method that is a tool. */
    static final class ToolMethod {

        static void exit(@Nullable Object result, @Nullable Throwable thrown) {
            if (thrown != null && Inside.get() instanceof ToolCall call) call.threw(thrown);
        }
    }

    // ---- sessions and memory

    static final class GetSession {

        static @Nullable MemoryAccess enter(Object service, Object app, Object user, @Nullable String session) {
            return Hooks.armed() ? MemoryAccess.begin(MemoryAccess.SEARCH, service, session) : null;
        }

        static @Nullable Maybe<Object> exit(
                @Nullable MemoryAccess access, @Nullable Maybe<Object> session, @Nullable Throwable thrown) {
            return MemoryAccess.left(access, session, thrown);
        }
    }

    static final class CreateSession {

        static @Nullable MemoryAccess enter(
                Object service, Object app, Object user, Object state, @Nullable String session) {
            return Hooks.armed() ? MemoryAccess.begin(MemoryAccess.UPDATE, service, session) : null;
        }

        static @Nullable Single<Object> exit(
                @Nullable MemoryAccess access, @Nullable Single<Object> session, @Nullable Throwable thrown) {
            return MemoryAccess.left(access, session, thrown);
        }
    }

    static final class AppendEvent {

        static @Nullable MemoryAccess enter(Object service, @Nullable Session session, @Nullable Event event) {
            // Of a streamed answer only the whole is remembered.
            if (session == null || event == null || event.partial().orElse(false) || !Hooks.armed()) return null;
            return MemoryAccess.begin(MemoryAccess.UPDATE, service, session.id());
        }

        static @Nullable Single<Object> exit(
                @Nullable MemoryAccess access, @Nullable Single<Object> event, @Nullable Throwable thrown) {
            return MemoryAccess.left(access, event, thrown);
        }
    }

    static final class DeleteSession {

        static @Nullable MemoryAccess enter(Object service, Object app, Object user, @Nullable String session) {
            return Hooks.armed() ? MemoryAccess.begin(MemoryAccess.DELETE, service, session) : null;
        }

        static @Nullable Completable exit(
                @Nullable MemoryAccess access, @Nullable Completable deleted, @Nullable Throwable thrown) {
            return MemoryAccess.left(access, deleted, thrown);
        }
    }

    static final class SearchMemory {

        static @Nullable MemoryAccess enter(Object service) {
            return Hooks.armed() ? MemoryAccess.begin(MemoryAccess.SEARCH, service, null) : null;
        }

        static @Nullable Single<Object> exit(
                @Nullable MemoryAccess access, @Nullable Single<Object> found, @Nullable Throwable thrown) {
            return MemoryAccess.left(access, found, thrown);
        }
    }

    static final class AddToMemory {

        static @Nullable MemoryAccess enter(Object service, @Nullable Session session) {
            if (session == null || !Hooks.armed()) return null;
            return MemoryAccess.begin(MemoryAccess.UPDATE, service, session.id());
        }

        static @Nullable Completable exit(
                @Nullable MemoryAccess access, @Nullable Completable added, @Nullable Throwable thrown) {
            return MemoryAccess.left(access, added, thrown);
        }
    }
}
