package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.ledger.Breakers;
import org.jspecify.annotations.Nullable;

/** A destination that fails again and again is left alone for a while. */
public final class CircuitBreakerRule extends Rule {

    private static final long MILLI = 1_000_000;

    private final Breakers breakers;

    public CircuitBreakerRule(Breakers breakers) {
        this.breakers = breakers;
    }

    @Override
    public String name() {
        return "circuit-breaker";
    }

    private static boolean goesSomewhere(Attempt attempt) {
        return !attempt.destination().name().isEmpty();
    }

    @Override
    public Verdict judge(Attempt attempt, long nowNanos) {
        if (!goesSomewhere(attempt)) return Verdict.ALLOW;
        String destination = attempt.destination().name();
        long open = breakers.openFor(destination, attempt, nowNanos);
        if (open == 0) return Verdict.ALLOW;
        return new Verdict.Deny("the circuit to " + destination + " opened " + open / MILLI + " ms ago", false);
    }

    @Override
    public @Nullable String ended(Attempt attempt, Answer answer, long nowNanos) {
        if (!goesSomewhere(attempt)) return null;
        String destination = attempt.destination().name();
        if (answer == Answer.NONE) {
            breakers.dropped(destination, attempt);
            return null;
        }
        // To be asked for fewer calls is a matter of the rate limit: the destination is well.
        Breakers.Change change =
                breakers.ended(destination, attempt, answer != Answer.BAD && answer != Answer.UNANSWERED, nowNanos);
        return switch (change) {
            case NONE -> null;
            case OPENED -> "opened the circuit to " + destination;
            case REOPENED -> "the probe failed: the circuit to " + destination + " stays open";
            case CLOSED -> "the probe succeeded: closed the circuit to " + destination;
        };
    }

    @Override
    public void dropped(Attempt attempt, long nowNanos) {
        if (goesSomewhere(attempt)) breakers.dropped(attempt.destination().name(), attempt);
    }
}
