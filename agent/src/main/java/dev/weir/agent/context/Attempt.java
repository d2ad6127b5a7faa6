package dev.weir.agent.context;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.CallFacts.HeaderSet;
import org.jspecify.annotations.Nullable;

/** One attempt of one operation, as the rules see it. */
public class Attempt extends Call {

    private final CallFacts facts;
    private final @Nullable CausalContext cause;
    private final long deadlineNanos;
    private long beganNanos;
    private final Destination destination;
    private @Nullable Operation operation;
    private @Nullable ScopeAttempt scope;
    private int number;
    private int sentBefore;
    private boolean retryInsideRetry;
    private boolean first;
    private boolean succeededBefore;
    private boolean admitted;
    private long answerNames;

    /**
     * @param cause what caused it; {@code null} for a call that nothing inbound caused
     * @param deadlineNanos on the clock of {@link System#nanoTime}; {@link Long#MAX_VALUE} for none
     * @param nowNanos on the same clock
     */
    public Attempt(
            CallFacts facts,
            @Nullable CausalContext cause,
            Destination destination,
            long deadlineNanos,
            long nowNanos) {
        this.facts = facts;
        this.cause = cause;
        this.destination = destination;
        this.deadlineNanos = deadlineNanos;
        began(nowNanos);
    }

    /** It begins only now: it was made to wait. */
    public final void began(long nowNanos) {
        beganNanos = nowNanos;
    }

    /** When it began, on the clock of {@link System#nanoTime}. */
    public final long beganNanos() {
        return beganNanos;
    }

    /** Whether it counts as one of those that its destination has in flight. */
    public final boolean admitted() {
        return admitted;
    }

    /** Says whether it counts as one of those that its destination has in flight. */
    public final void admitted(boolean counts) {
        admitted = counts;
    }

    final void is(
            Operation found,
            int attemptNumber,
            int attemptsSentBefore,
            ScopeAttempt madeIn,
            boolean isFirst,
            boolean hasSucceededBefore) {
        operation = found;
        number = attemptNumber;
        sentBefore = attemptsSentBefore;
        scope = madeIn;
        retryInsideRetry = madeIn.repeatedByCaller() && found.attemptOfRoot == madeIn.attemptOfRoot();
        first = isFirst;
        succeededBefore = hasSucceededBefore;
    }

    /** What the adapter knows. */
    @Override
    public final CallFacts facts() {
        return facts;
    }

    /**
     * A header of the answer, once there is one or there will be none. Most of those that are asked for are in no answer,
     * and one look at the names says so.
     */
    public final @Nullable String answerHeader(String name) {
        return (answerNames() & HeaderSet.of(name)) == 0 ? null : facts.responseHeader(name);
    }

    /** The names of the answer's headers, once there is one or there will be none. */
    public final long answerNames() {
        if (answerNames == 0) answerNames = facts.responseHeaderNames();
        return answerNames;
    }

    /** What caused it; {@code null} when nothing inbound did. */
    public final @Nullable CausalContext cause() {
        return cause;
    }

    /** Where it goes. */
    public final Destination destination() {
        return destination;
    }

    /** What it is an attempt of. */
    public final Operation operation() {
        if (operation == null) throw new IllegalStateException("the operation is not known yet");
        return operation;
    }

    /** The attempt of the scope that it is made in; for an inbound request, the attempt of the root that it is. */
    public final ScopeAttempt scope() {
        if (scope == null) throw new IllegalStateException("the scope is not known yet");
        return scope;
    }

    /** Which attempt of its operation it is, from 1. Refused ones have numbers too. */
    public final int number() {
        return number;
    }

    /**
     * How often its operation was put on the wire before, as far as we or whoever makes its attempts can tell: what a library
     * repeated by itself counts too.
     */
    public final int sentBefore() {
        return sentBefore;
    }

    /** How often whoever caused this was tried before, unseen by us, as it says itself. */
    public final int triedByCaller() {
        return scope().triedElsewhere();
    }

    /** Whether this process repeats by itself what its caller repeats already. */
    public final boolean isRetryInsideRetry() {
        return retryInsideRetry;
    }

    /** Whether nobody has seen this operation before. */
    public final boolean first() {
        return first;
    }

    /** Whether an earlier attempt of this very operation got a definitive good answer. */
    public final boolean succeededBefore() {
        return succeededBefore;
    }

    /** Whether a deadline is inherited. */
    public final boolean hasDeadline() {
        return deadlineNanos != Long.MAX_VALUE;
    }

    /** The inherited deadline on the clock of {@link System#nanoTime}; {@link Long#MAX_VALUE} for none. */
    public final long deadlineNanos() {
        return deadlineNanos;
    }

    /** Nanoseconds left when the attempt began, 0 or less when the deadline had passed. */
    public final long remainingNanos() {
        return hasDeadline() ? deadlineNanos - beganNanos : Long.MAX_VALUE;
    }
}
