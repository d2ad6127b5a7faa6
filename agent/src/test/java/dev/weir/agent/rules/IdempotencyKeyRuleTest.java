package dev.weir.agent.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.context.HostClasses;
import dev.weir.agent.ledger.UsedKeys;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdempotencyKeyRuleTest {

    private final IdempotencyKeyRule rule = new IdempotencyKeyRule(
            Attempts.IDENTITY,
            Set.of("POST"),
            new HostClasses(List.of("stripe")),
            List.of("/chat/completions"),
            new UsedKeys(100),
            64);
    private final Attempts attempts = new Attempts();

    private Verdict judge(Attempts.Http facts) {
        Attempt attempt = attempts.begin(facts, Long.MAX_VALUE, 1);
        Verdict verdict = rule.judge(attempt, 1);
        attempts.fail(attempt, 1);
        return verdict;
    }

    @Test
    void safeMethodsNeedNone() {
        assertSame(Verdict.ALLOW, judge(new Attempts.Http("GET", "dep", "/")));
    }

    @Test
    void everyAttemptGetsTheSameKey() {
        Verdict.Mark first = assertInstanceOf(Verdict.Mark.class, judge(new Attempts.Http("POST", "dep", "/")));
        Verdict.Mark second = assertInstanceOf(Verdict.Mark.class, judge(new Attempts.Http("POST", "dep", "/")));
        assertEquals(first.value(), second.value());
        assertEquals(8, UUID.fromString(first.value()).version());
        assertEquals(2, UUID.fromString(first.value()).variant());
    }

    @Test
    void applicationsKeyIsPinned() {
        Attempts.Http own = new Attempts.Http("POST", "dep", "/");
        own.headers.put("Idempotency-Key", "mine");
        assertSame(Verdict.ALLOW, judge(own));
        Verdict.Mark without = assertInstanceOf(Verdict.Mark.class, judge(new Attempts.Http("POST", "dep", "/")));
        assertEquals("mine", without.value());
        Attempts.Http other = new Attempts.Http("POST", "dep", "/");
        other.headers.put("Idempotency-Key", "other");
        Verdict.Mark changed = assertInstanceOf(Verdict.Mark.class, judge(other));
        assertTrue(changed.replace());
        assertEquals("mine", changed.value());
    }

    private static Attempts.Http pay(String path, String key, String body) {
        Attempts.Http facts = new Attempts.Http("POST", "dep", path).body(body);
        facts.headers.put("Idempotency-Key", key);
        return facts;
    }

    private static boolean isRefused(Verdict verdict) {
        return verdict instanceof Verdict.Deny deny && deny.reason().contains("with another payload");
    }

    @Test
    void applicationsKeyStandsForOnePayload() {
        assertFalse(isRefused(judge(pay("/charge", "order 7", "10 EUR"))));
        assertFalse(isRefused(judge(pay("/charge", "order 7", "10 EUR"))), "a repetition");
        assertTrue(isRefused(judge(pay("/charge", "order 7", "20 EUR"))));
        assertTrue(isRefused(judge(pay("/charge", "order 7", ""))));
        assertFalse(isRefused(judge(pay("/charge", "order 8", "20 EUR"))), "another key");
        assertFalse(isRefused(judge(pay("/refund", "order 7", "20 EUR"))), "another place");
        assertFalse(isRefused(judge(pay("/charge", "order 7", "x".repeat(65)))), "nobody looks at long bodies");
    }

    @Test
    void silentRepeatNeedsAKey() {
        Attempts.Http facts = new Attempts.Http("POST", "dep", "/");
        Attempt attempt = attempts.begin(facts, Long.MAX_VALUE, 1);
        assertInstanceOf(Verdict.Deny.class, rule.judgeResend(attempt, 1));
        facts.headers.put("Idempotency-Key", "k");
        assertInstanceOf(Verdict.Flag.class, rule.judgeResend(attempt, 1));
    }
}
