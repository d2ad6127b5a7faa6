package dev.weir.instrumentation.langchain4j;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import org.jspecify.annotations.Nullable;

/**
 * A call of one agent by another. The agent behind it is mostly a proxy, an AI service or a team of its own: that is the
 * same run, and does not tell of itself again.
 */
final class AgentCall {

    /** Whether the next thing that a proxy does on this thread has been told of already. */
    private static final ThreadLocal<@Nullable AgentCall> TOLD = new ThreadLocal<>();

    /** The try that failed, while the library decides on another one. */
    private static final ThreadLocal<@Nullable Call> TRIED = new ThreadLocal<>();

    /** The failed tries, by what they threw. */
    private static final WeakIdentityMap<Call> FAILED = new WeakIdentityMap<>(1 << 12);

    private final @Nullable Call call;
    private final @Nullable AgentCall before;

    private AgentCall(@Nullable Call call, @Nullable AgentCall before) {
        this.call = call;
        this.before = before;
    }

    static AgentCall begin(@Nullable String name, @Nullable Object agent, Object @Nullable [] arguments) {
        Call call = Hooks.begin(AgentFacts.agent(name, arguments, tried(name)));
        AgentCall begun = new AgentCall(call, TOLD.get());
        told(call != null && agent != null && Proxy.isProxyClass(agent.getClass()) ? begun : null);
        return begun;
    }

    /** The try of this agent that failed just before. An error handler may call other agents. */
    private static @Nullable Call tried(@Nullable String name) {
        Call tried = TRIED.get();
        if (tried == null
                || !(tried.facts() instanceof AgentFacts facts)
                || !facts.name().equals(name)) return null;
        TRIED.remove();
        return tried;
    }

    /** Whether the run that a proxy is about to begin has begun. True once. */
    static boolean isTold() {
        if (TOLD.get() == null) return false;
        TOLD.remove();
        return true;
    }

    void end(@Nullable Throwable thrown) {
        told(before);
        if (thrown != null && call != null) FAILED.put(thrown, call);
        Hooks.end(call, 0, thrown == null ? null : cause(thrown));
    }

    /** What the agent threw, and not what was made of it on the way. */
    static Throwable cause(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null
                && (cause instanceof InvocationTargetException
                        || cause instanceof UndeclaredThrowableException
                        || cause.getClass()
                                .getName()
                                .equals("dev.langchain4j.agentic.agent.AgentInvocationException"))) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static void told(@Nullable AgentCall call) {
        if (call == null) TOLD.remove();
        else TOLD.set(call);
    }

    /** An agent threw this. */
    static @Nullable Failure failed(@Nullable Throwable thrown) {
        Call call = thrown == null ? null : FAILED.get(thrown);
        return call == null ? null : new Failure(call);
    }

    /** While the library decides what becomes of an agent's failure, and calls it again. */
    static final class Failure {

        private final @Nullable Call before = TRIED.get();

        Failure(Call tried) {
            TRIED.set(tried);
        }

        void leave() {
            if (before == null) TRIED.remove();
            else TRIED.set(before);
        }
    }
}
