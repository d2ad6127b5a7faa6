package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All verdicts on one attempt. The strictest counts: denial before the shortest limit before headers. */
public final class Judgement {

    private record Given(Rule rule, Mode mode, Verdict verdict) {}

    /** No rule had anything to say. */
    public static final Judgement NOTHING = new Judgement(List.of());

    private final List<Given> given;
    private @Nullable List<Finding> findings;

    private Judgement(List<Given> given) {
        this.given = given;
    }

    /** Collects verdicts; what allows leaves no trace. */
    static final class Builder {

        private @Nullable List<Given> given;

        void add(Rule rule, Mode mode, Verdict verdict) {
            if (verdict instanceof Verdict.Allow) return;
            if (given == null) given = new ArrayList<>(2);
            given.add(new Given(rule, mode, verdict));
            if (verdict instanceof Verdict.Deny deny && mode != Mode.ENFORCE) add(rule, mode, deny.otherwise());
        }

        void given(Given each) {
            if (given == null) given = new ArrayList<>(2);
            given.add(each);
        }

        Judgement build() {
            return given == null ? NOTHING : new Judgement(given);
        }
    }

    /** The denial, when a rule in enforce denies. The message names the rule, the operation, the reason, the switch. */
    public Call.@Nullable Denied denial(CallFacts facts) {
        if (given.isEmpty()) return null;
        for (Given each : given) {
            if (each.mode() == Mode.ENFORCE && each.verdict() instanceof Verdict.Deny deny) {
                String name = each.rule().name();
                return new Call.Denied(
                        name,
                        "weir: rule " + name + " refused " + Descriptions.of(facts) + ": " + deny.reason()
                                + " (switch it off with -Dweir.rule." + name + "=observe)",
                        deny.timeout());
            }
        }
        return null;
    }

    /** The longest wait that a rule in enforce asks for, in nanoseconds; 0 for none. */
    public long delayNanos() {
        if (given.isEmpty()) return 0;
        long longest = 0;
        for (Given each : given) {
            if (each.mode() != Mode.ENFORCE) continue;
            // What is refused does not wait first.
            if (each.verdict() instanceof Verdict.Deny) return 0;
            if (each.verdict() instanceof Verdict.Delay delay) longest = Math.max(longest, delay.nanos());
        }
        return longest;
    }

    /** What the rules say after a wait that they asked for; those that spoke of time speak again. */
    public Judgement afterDelay(Attempt attempt, long nowNanos) {
        Builder again = new Builder();
        for (Given each : given) {
            Verdict before = each.verdict();
            boolean waited = each.mode() == Mode.ENFORCE && before instanceof Verdict.Delay;
            if (!waited && !(before instanceof Verdict.Limit)) {
                again.given(each);
                continue;
            }
            Verdict verdict = each.rule().judge(attempt, nowNanos);
            if (verdict instanceof Verdict.Allow && before instanceof Verdict.Delay delay) verdict = delay.over();
            again.add(each.rule(), each.mode(), verdict);
        }
        return again.build();
    }

    /** The same, but what was to wait is refused, because this call cannot wait. */
    public Judgement insteadOfDelay() {
        Builder again = new Builder();
        for (Given each : given) {
            if (each.mode() == Mode.ENFORCE && each.verdict() instanceof Verdict.Delay delay) {
                again.add(
                        each.rule(),
                        each.mode(),
                        new Verdict.Deny(delay.reason() + "; this thread cannot wait for it", false));
            } else {
                again.given(each);
            }
        }
        return again.build();
    }

    /** Pulls the levers of an attempt that takes place, and records what could not be done. */
    public void apply(CallFacts facts) {
        if (given.isEmpty()) return;
        List<Finding> found = new ArrayList<>(given.size());
        long shortest = shortestLimit();
        for (Given each : given) found.add(apply(each, facts, shortest));
        findings = found;
    }

    private long shortestLimit() {
        long shortest = Long.MAX_VALUE;
        for (Given each : given) {
            if (each.mode() == Mode.ENFORCE && each.verdict() instanceof Verdict.Limit limit) {
                shortest = Math.min(shortest, limit.millis());
            }
        }
        return shortest;
    }

    private static Finding apply(Given each, CallFacts facts, long shortestLimit) {
        String rule = each.rule().name();
        boolean enforce = each.mode() == Mode.ENFORCE;
        Verdict verdict = each.verdict();
        if (verdict instanceof Verdict.Flag flag) return new Finding(rule, "flag", flag.reason(), true);
        if (verdict instanceof Verdict.Deny deny) {
            // In enforce only what cannot be refused comes this far.
            return enforce
                    ? new Finding(rule, "not-enforced", deny.reason() + "; it cannot be refused", true)
                    : new Finding(rule, "would-deny", deny.reason(), true);
        }
        if (verdict instanceof Verdict.Limit limit) {
            if (!enforce) return new Finding(rule, "would-limit", limit.reason(), false);
            boolean done = limit.millis() > shortestLimit || facts.limit(limit.millis());
            return done
                    ? new Finding(rule, "limit", limit.reason(), false)
                    : new Finding(rule, "not-enforced", limit.reason() + "; no timeout lever", false);
        }
        if (verdict instanceof Verdict.Mark mark) {
            boolean present = facts.header(mark.header()) != null;
            if (present && !mark.replace()) return new Finding(rule, "mark", mark.reason(), false);
            if (present && !enforce) return new Finding(rule, "would-mark", mark.reason(), true);
            boolean done = present
                    ? facts.replaceHeader(mark.header(), mark.value())
                    : facts.setHeader(mark.header(), mark.value());
            return done
                    ? new Finding(rule, "mark", mark.reason(), mark.replace())
                    : new Finding(rule, "not-enforced", mark.reason() + "; no header lever", true);
        }
        if (verdict instanceof Verdict.Delay delay) {
            if (!enforce) return new Finding(rule, "would-delay", delay.reason(), true);
            return new Finding(rule, delay.nanos() == 0 ? "delay" : "not-enforced", delay.reason(), true);
        }
        throw new IllegalStateException("unknown verdict " + verdict);
    }

    /** Records the verdicts on an attempt that was refused: nothing else was done to it. */
    public void refuse() {
        List<Finding> found = new ArrayList<>(given.size());
        for (Given each : given) {
            if (each.verdict() instanceof Verdict.Deny deny) {
                found.add(new Finding(
                        each.rule().name(), each.mode() == Mode.ENFORCE ? "deny" : "would-deny", deny.reason(), true));
            }
        }
        findings = found;
    }

    /** What was found, for the record. */
    public List<Finding> findings() {
        return findings == null ? List.of() : findings;
    }
}
