package dev.weir.instrumentation.langchain4j;

import dev.langchain4j.agentic.internal.AgentInvocationArguments;
import dev.langchain4j.agentic.internal.AgentInvoker;
import dev.langchain4j.agentic.planner.AgentInstance;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** LangChain4j's agentic module: agents, the agents that they are made of, and what an error handler wants tried again. */
public final class LangChain4jAgenticInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "langchain4j-agentic";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("dev.langchain4j.agentic.internal.PlannerBasedInvocationHandler")
                .exactly(
                        "executeAgentMethod",
                        "ExecuteTeam",
                        "dev.langchain4j.agentic.scope.AgenticScopeRegistry",
                        "java.lang.reflect.Method",
                        "java.lang.Object[]");
        weaving.type("dev.langchain4j.agentic.internal.AgentInvoker")
                .exactly(
                        "invoke",
                        "InvokeAgent",
                        "dev.langchain4j.agentic.scope.DefaultAgenticScope",
                        "java.lang.Object",
                        "dev.langchain4j.agentic.internal.AgentInvocationArguments");
        weaving.type("dev.langchain4j.agentic.internal.AgentExecutor")
                .method(
                        "handleAgentFailure",
                        "HandleFailure",
                        "dev.langchain4j.agentic.agent.AgentInvocationException");
    }

    /** The agent that the application calls. The agents in it that are made of others come here too. */
    static final class ExecuteTeam {

        static @Nullable Call enter(
                Object handler, @Nullable Object registry, Method method, Object @Nullable [] arguments) {
            if (AgentCall.isTold() || !(handler instanceof AgentInstance team)) return null;
            return Hooks.begin(AgentFacts.team(team.name(), method, arguments));
        }

        static void exit(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
            Hooks.end(call, 0, thrown == null ? null : AgentCall.cause(thrown));
        }
    }

    /** An agent that another one calls. */
    static final class InvokeAgent {

        static AgentCall enter(
                AgentInvoker invoker,
                @Nullable Object scope,
                @Nullable Object agent,
                @Nullable AgentInvocationArguments arguments) {
            Object[] values = arguments == null ? null : arguments.positionalArgs();
            return AgentCall.begin(invoker.name(), agent, values);
        }

        static void exit(AgentCall call, @Nullable Object result, @Nullable Throwable thrown) {
            call.end(thrown);
        }
    }

    /** Asks the application's error handler, and calls the agent again if that wants it. */
    static final class HandleFailure {

        static AgentCall.@Nullable Failure enter(Object executor, Throwable failure) {
            return AgentCall.failed(failure);
        }

        static void exit(AgentCall.@Nullable Failure failure, @Nullable Object result, @Nullable Throwable thrown) {
            if (failure != null) failure.leave();
        }
    }
}
