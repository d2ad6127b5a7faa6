package dev.weir.agent.pipeline;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.context.CausalContext;
import dev.weir.agent.context.ScopeAttempt;
import dev.weir.agent.rules.Finding;
import dev.weir.agent.rules.Judgement;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call or scope that has begun and not yet ended. */
final class OpenCall extends Call {

    final Attempt attempt;
    final ScopeAttempt parent;
    final Judgement judgement;
    final ThreadState began;
    final @Nullable Object previous;
    /** When the call must be over for whoever waits for it: the inherited deadline, or its own timeout if earlier. */
    final long deadlineNanos;

    long traceHigh;
    long traceLow;
    long spanId;
    long parentSpanId;
    byte flags;

    @Nullable
    String traceState;

    /** The span of the application's own that was current when it began; 0 for none. */
    long applicationSpanId;

    /** Whether others may have begun spans inside of this one. */
    volatile boolean told;

    int resends;

    @Nullable
    Judgement resendJudgement;

    /** What followed from its end. */
    @Nullable
    List<Finding> notes;

    /** Inbound requests only: the attempts on the way here, as the caller names them. */
    String path = "";
    /** Inbound requests only: whether the caller runs Weir, and wants to hear what its request caused. */
    boolean calledByUs;

    /** A span that it is linked to, as a {@code traceparent}. */
    @Nullable
    String linked;

    /** What somebody else makes of this call, and Weir says there what it has to say. */
    Hooks.@Nullable ForeignSpan foreign;

    /** Scopes only: what is caused inside. */
    @Nullable
    CausalContext inside;

    private boolean ended;

    OpenCall(
            Attempt attempt,
            ScopeAttempt parent,
            Judgement judgement,
            ThreadState began,
            @Nullable Object previous,
            long deadlineNanos) {
        super(attempt.facts());
        this.attempt = attempt;
        this.parent = parent;
        this.judgement = judgement;
        this.began = began;
        this.previous = previous;
        this.deadlineNanos = deadlineNanos;
    }

    @Nullable
    CausalContext cause() {
        return attempt.cause();
    }

    /** On the clock of {@link System#nanoTime}. */
    long startNanos() {
        return attempt.beganNanos();
    }

    /** Whether this is the first end. */
    synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        if (inside != null) inside.over();
        return first;
    }

    synchronized boolean ended() {
        return ended;
    }
}
