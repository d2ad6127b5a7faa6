package dev.weir.agent.context;

import org.jspecify.annotations.Nullable;

/**
 * What SDKs and proxies say of an attempt themselves, in headers that they send anyway.
 *
 * @param previous how many attempts whoever says so has made before; {@link #UNKNOWN} when nobody says so
 * @param invocation what all attempts of one call of an SDK have in common; {@code null} when there is nothing
 */
public record AttemptHint(int previous, @Nullable String invocation) {

    /** For {@link #previous}. */
    public static final int UNKNOWN = -1;

    /** Nobody says anything. */
    public static final AttemptHint NONE = new AttemptHint(UNKNOWN, null);

    /** Whether this is not the first attempt, or belongs to whatever had the same invocation. */
    boolean repeats() {
        return previous > 0 || invocation != null;
    }

    /** What is left of it behind a request that said the same: a gateway passes on the headers that it got. */
    public AttemptHint unlessPassedOn(AttemptHint inbound) {
        boolean samePrevious = previous > 0 && previous == inbound.previous;
        boolean sameInvocation = invocation != null && invocation.equals(inbound.invocation);
        if (!samePrevious && !sameInvocation) return this;
        return new AttemptHint(samePrevious ? UNKNOWN : previous, sameInvocation ? null : invocation);
    }
}
