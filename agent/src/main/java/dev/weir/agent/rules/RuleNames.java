package dev.weir.agent.rules;

import java.util.List;

/** The names of all rules, for who has no rules to ask. */
public final class RuleNames {

    /** In order. */
    public static final List<String> ALL =
            List.of("circuit-breaker", "deadline", "idempotency-key", "rate-limit", "retry-budget");

    private RuleNames() {}
}
