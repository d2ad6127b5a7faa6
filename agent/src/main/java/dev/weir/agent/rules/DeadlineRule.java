package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import dev.weir.bootstrap.CallFacts;

/** Nothing starts after whoever caused it has given up, and nothing that starts outlasts them. */
public final class DeadlineRule extends Rule {

    private static final long MILLI = 1_000_000;

    @Override
    public String name() {
        return "deadline";
    }

    @Override
    public Verdict judge(Attempt attempt, long nowNanos) {
        if (!attempt.hasDeadline()) return Verdict.ALLOW;
        CallFacts.Kind kind = attempt.facts().kind();
        // Scopes inside the process have no exception of their own to be refused with; what is called in them has.
        boolean served = kind == CallFacts.Kind.HTTP_SERVER || kind == CallFacts.Kind.MCP_SERVER;
        if (kind.scope() && !kind.outward() && !served) return Verdict.ALLOW;
        long remaining = attempt.remainingNanos();
        if (remaining <= 0) {
            return new Verdict.Deny("the deadline passed " + (-remaining / MILLI) + " ms ago", true);
        }
        CallFacts facts = attempt.facts();
        // A request ends with the calls in it, and no operating system lets a call be cut short.
        if (!kind.outward()) return Verdict.ALLOW;
        long millis = Math.max(1, remaining / MILLI);
        long own = facts.callerTimeoutMillis();
        if (own > 0 && own <= millis) return Verdict.ALLOW;
        return new Verdict.Limit(millis, millis + " ms are left");
    }
}
