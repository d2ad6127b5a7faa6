package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.ledger.DestinationRetries;
import dev.weir.bootstrap.CallFacts;
import org.jspecify.annotations.Nullable;

/** One operation gets a few attempts, however many layers would like to retry it; a destination gets few retries. */
public final class RetryBudgetRule extends Rule {

    private final int attempts;
    private final DestinationRetries destinations;

    /** @param attempts how many an operation gets, the first included */
    public RetryBudgetRule(int attempts, DestinationRetries destinations) {
        this.attempts = attempts;
        this.destinations = destinations;
    }

    @Override
    public String name() {
        return "retry-budget";
    }

    @Override
    public Verdict judge(Attempt attempt, long nowNanos) {
        if (!attempt.facts().kind().outward()) return Verdict.ALLOW;
        String destination = attempt.destination().name();
        if (attempt.sentBefore() == 0) {
            destinations.earn(destination, nowNanos);
            return Verdict.ALLOW;
        }
        if (attempt.operation().isHopeless()) {
            return new Verdict.Deny(
                    "the other side has said not to try again (X-Should-Retry, grpc-retry-pushback-ms)", false);
        }
        if (attempt.isRetryInsideRetry()) {
            return new Verdict.Deny("its caller is retrying already, and only one layer retries", false);
        }
        // The caller's retries count against ours, but never against a first attempt: whether theirs came as far as
        // this call, nobody knows.
        if (attempt.sentBefore() + attempt.triedByCaller() >= attempts) {
            return new Verdict.Deny(
                    "attempt " + attempt.number() + " of an operation that gets " + attempts + ", over all layers"
                            + (attempt.triedByCaller() == 0
                                    ? ""
                                    : "; its caller has retried " + attempt.triedByCaller() + " times"),
                    false);
        }
        if (!destinations.spend(destination, nowNanos)) {
            return new Verdict.Deny("retries to " + destination + " have used up their share of calls", false);
        }
        return Verdict.ALLOW;
    }

    @Override
    public Verdict judgeResend(Attempt attempt, int resends) {
        // How a client and its broker come to terms: to end that would lose messages, and batches of others with them.
        if (attempt.facts().kind() == CallFacts.Kind.MESSAGE_SEND) return Verdict.ALLOW;
        return attempt.sentBefore() + 1 + resends > attempts
                ? new Verdict.Deny("the client repeats by itself what already had " + attempts + " attempts", false)
                : Verdict.ALLOW;
    }

    @Override
    public @Nullable String ended(Attempt attempt, Answer answer, long nowNanos) {
        if (answer != Answer.GOOD && RetryAfter.saysNever(attempt))
            attempt.operation().giveUp();
        return null;
    }
}
