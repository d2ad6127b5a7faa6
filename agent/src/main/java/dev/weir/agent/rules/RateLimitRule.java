package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.ledger.Pressure;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A destination that asks for fewer calls gets fewer: not before the time it names, and no faster than it took them. And
 * no more at once than its latency bears.
 */
public final class RateLimitRule extends Rule {

    private static final long MILLI = 1_000_000;

    private final Pressure pressure;
    private final long mostWaitNanos;
    private final RetryAfter retryAfter;

    /**
     * @param mostWaitMillis the longest that a call is made to wait
     * @param epochMillis the time of day, for answers that name a moment
     */
    public RateLimitRule(Pressure pressure, long mostWaitMillis, LongSupplier epochMillis) {
        this.pressure = pressure;
        this.retryAfter = new RetryAfter(epochMillis);
        this.mostWaitNanos = mostWaitMillis * MILLI;
    }

    @Override
    public String name() {
        return "rate-limit";
    }

    private static boolean isLimited(Attempt attempt) {
        return attempt.facts().kind() == CallFacts.Kind.HTTP_CLIENT && attempt.facts() instanceof HttpFacts;
    }

    /** An error of the destination's own says nothing of how many calls it bears. */
    private static boolean isPressed(Answer answer) {
        return answer == Answer.PRESSED || answer == Answer.UNANSWERED;
    }

    @Override
    public Verdict judge(Attempt attempt, long nowNanos) {
        if (!isLimited(attempt)) return Verdict.ALLOW;
        String destination = attempt.destination().name();
        long wait = pressure.wait(destination, attempt.facts().waits(), nowNanos);
        if (wait == 0) {
            attempt.admitted(true);
            return Verdict.ALLOW;
        }
        String reason = destination
                + (pressure.isFull(destination) ? " has as many calls in flight as it bears" : " asks for fewer calls")
                + ": worth " + Math.max(1, wait / MILLI) + " ms of waiting";
        long left = attempt.hasDeadline() ? attempt.deadlineNanos() - nowNanos : Long.MAX_VALUE;
        if (wait >= left) {
            return new Verdict.Deny(reason + ", and " + Math.max(0, left / MILLI) + " ms are left", false);
        }
        if (wait > mostWaitNanos) {
            return new Verdict.Deny(reason + ", and a call waits for " + mostWaitNanos / MILLI + " ms at most", false);
        }
        return new Verdict.Delay(wait, reason);
    }

    @Override
    public @Nullable String ended(Attempt attempt, Answer answer, long nowNanos) {
        if (!isLimited(attempt)) return null;
        String destination = attempt.destination().name();
        if (attempt.admitted()) {
            attempt.admitted(false);
            if (answer == Answer.NONE) pressure.dropped(destination);
            else pressure.ended(destination, nowNanos - attempt.beganNanos(), !isPressed(answer));
        }
        if (answer == Answer.GOOD) {
            long exhausted = retryAfter.exhausted(attempt);
            if (exhausted > 0) pressure.exhausted(destination, exhausted, nowNanos);
            return null;
        }
        long wait = retryAfter.wait(attempt);
        if (answer != Answer.PRESSED && wait == 0) return null;
        boolean news = pressure.refused(destination, wait, nowNanos);
        if (!news) return null;
        return destination + " asks for fewer calls"
                + (wait == 0 ? "" : ", and for none in the next " + wait / MILLI + " ms");
    }

    @Override
    public void dropped(Attempt attempt, long nowNanos) {
        if (!attempt.admitted()) return;
        attempt.admitted(false);
        pressure.dropped(attempt.destination().name());
    }

    @Override
    public long malformed() {
        return retryAfter.malformed();
    }
}
