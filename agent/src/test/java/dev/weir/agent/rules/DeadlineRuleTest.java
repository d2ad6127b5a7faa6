package dev.weir.agent.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeadlineRuleTest {

    private final DeadlineRule rule = new DeadlineRule();
    private final Attempts attempts = new Attempts();
    private final Attempts.Http facts = new Attempts.Http("GET", "dep", "/");

    private Verdict judge(long remainingMillis) {
        return rule.judge(attempts.begin(facts, remainingMillis, 5), 5);
    }

    @Test
    void withoutDeadlineThereIsNothingToSay() {
        assertSame(Verdict.ALLOW, judge(Long.MAX_VALUE));
    }

    @Test
    void afterTheDeadlineNothingStarts() {
        Verdict.Deny deny = assertInstanceOf(Verdict.Deny.class, judge(-20));
        assertTrue(deny.timeout());
        assertEquals("the deadline passed 20 ms ago", deny.reason());
        assertInstanceOf(Verdict.Deny.class, judge(0));
    }

    @Test
    void whatStartsMayNotOutlastIt() {
        assertEquals(300, assertInstanceOf(Verdict.Limit.class, judge(300)).millis());
        facts.callerTimeout = 1_000;
        assertEquals(300, assertInstanceOf(Verdict.Limit.class, judge(300)).millis());
    }

    @Test
    void ownTighterTimeoutIsEnough() {
        facts.callerTimeout = 200;
        assertSame(Verdict.ALLOW, judge(300));
    }
}
