package dev.weir.agent.pipeline;

import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.ScopeAttempt;
import dev.weir.agent.context.Scratch;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/** What one thread is in the middle of. */
final class ThreadState extends Scratch {

    /** One for each thread. */
    static final class OfThread extends ThreadLocal<ThreadState> {

        @Override
        protected ThreadState initialValue() {
            ThreadState state = new ThreadState();
            state.node = Hooks.inherited(Thread.currentThread());
            return state;
        }
    }

    /**
     * A {@link CausalContext}, or the {@link OpenCall} that the thread has begun inside of one; {@code SpanContext.OFF} on a
     * thread that spans are sent by.
     */
    @Nullable
    Object node;

    /** Whether the agent itself is at work on this thread: what it does is not followed. */
    boolean inside;

    /** The request or message from outside that this thread began last and has not left. */
    @Nullable
    OpenCall request;

    /** Whether another agent is beginning its span of the call that this thread is in. */
    boolean beside;

    /** The table of operations of a thread that nothing inbound caused. */
    @Nullable
    ScopeAttempt ambient;

    /** The context around whatever this thread is in the middle of. */
    @Nullable
    CausalContext context() {
        if (node instanceof OpenCall open) return open.cause();
        return node instanceof CausalContext context ? context : null;
    }
}
