package dev.weir.agent.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.ledger.Breakers;
import dev.weir.agent.ledger.Breakers.State;
import dev.weir.agent.rules.Rule.Answer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CircuitBreakerRuleTest {

    private static final long SECOND = 1_000_000_000;

    private final Attempts attempts = new Attempts();
    private final Breakers breakers = new Breakers(3, 0, 30 * SECOND, 10);
    private CircuitBreakerRule rule = new CircuitBreakerRule(breakers);

    private Attempt attempt(String host) {
        return attempts.begin(new Attempts.Http("GET", host, "/"), Long.MAX_VALUE, 0);
    }

    private String call(String host, Answer answer, long nowNanos) {
        Attempt attempt = attempt(host);
        assertSame(Verdict.ALLOW, rule.judge(attempt, nowNanos));
        return rule.ended(attempt, answer, nowNanos);
    }

    private void open(String host) {
        assertNull(call(host, Answer.BAD, 0));
        assertNull(call(host, Answer.BAD, 0));
        assertEquals("opened the circuit to " + host, call(host, Answer.BAD, 0));
    }

    @Test
    void opensAfterFailuresInARow() {
        call("dep", Answer.BAD, 0);
        call("dep", Answer.BAD, 0);
        call("dep", Answer.GOOD, 0);
        open("dep");
        Verdict.Deny deny = assertInstanceOf(Verdict.Deny.class, rule.judge(attempt("dep"), 5 * SECOND));
        assertEquals("the circuit to dep opened 5000 ms ago", deny.reason());
        assertSame(Verdict.ALLOW, rule.judge(attempt("other"), 5 * SECOND));
    }

    @Test
    void oneProbeDecides() {
        open("dep");
        Attempt probe = attempt("dep");
        assertSame(Verdict.ALLOW, rule.judge(probe, 30 * SECOND));
        assertInstanceOf(Verdict.Deny.class, rule.judge(attempt("dep"), 30 * SECOND));
        assertEquals("the probe failed: the circuit to dep stays open", rule.ended(probe, Answer.BAD, 31 * SECOND));
        assertInstanceOf(Verdict.Deny.class, rule.judge(attempt("dep"), 60 * SECOND));
        Attempt second = attempt("dep");
        assertSame(Verdict.ALLOW, rule.judge(second, 61 * SECOND));
        assertEquals("the probe succeeded: closed the circuit to dep", rule.ended(second, Answer.GOOD, 61 * SECOND));
        assertSame(Verdict.ALLOW, rule.judge(attempt("dep"), 61 * SECOND));
    }

    @Test
    void probeThatNeverTookPlaceIsGivenToTheNext() {
        open("dep");
        Attempt refusedByAnotherRule = attempt("dep");
        assertSame(Verdict.ALLOW, rule.judge(refusedByAnotherRule, 30 * SECOND));
        rule.dropped(refusedByAnotherRule, 30 * SECOND);
        Attempt givenUp = attempt("dep");
        assertSame(Verdict.ALLOW, rule.judge(givenUp, 30 * SECOND));
        assertNull(rule.ended(givenUp, Answer.NONE, 30 * SECOND));
        assertSame(Verdict.ALLOW, rule.judge(attempt("dep"), 30 * SECOND));
    }

    /** In observe, calls go on while the circuit is open. They must not close it: enforce would not have made them. */
    @Test
    void whileOpenOnlyTheProbeCounts() {
        open("dep");
        Attempt late = attempt("dep");
        assertInstanceOf(Verdict.Deny.class, rule.judge(late, SECOND));
        assertNull(rule.ended(late, Answer.GOOD, SECOND));
        assertInstanceOf(Verdict.Deny.class, rule.judge(attempt("dep"), SECOND));
    }

    @Test
    void minimumVolumeKeepsAQuietDestinationClosed() {
        rule = new CircuitBreakerRule(new Breakers(2, 5, 30 * SECOND, 10));
        call("dep", Answer.GOOD, 0);
        call("dep", Answer.BAD, 0);
        assertNull(call("dep", Answer.BAD, 0));
        assertNull(call("dep", Answer.BAD, 0));
        assertEquals("opened the circuit to dep", call("dep", Answer.BAD, 0));
    }

    @Test
    void beingAskedForFewerCallsIsNoFailure() {
        for (int i = 0; i < 10; i++) assertNull(call("dep", Answer.PRESSED, 0));
    }

    @Test
    void whatHasOpenedIsToldUntilItIsForgotten() {
        call("well", Answer.GOOD, 0);
        assertEquals(Map.of(), breakers.opened(0));
        open("dep");
        assertEquals(Map.of("dep", State.OPEN), breakers.opened(30 * SECOND - 1));
        assertEquals(Map.of("dep", State.HALF_OPEN), breakers.opened(30 * SECOND), "a probe is due");
        Attempt probe = attempt("dep");
        rule.judge(probe, 30 * SECOND);
        assertEquals(Map.of("dep", State.HALF_OPEN), breakers.opened(30 * SECOND), "a probe is under way");
        rule.ended(probe, Answer.BAD, 31 * SECOND);
        assertEquals(Map.of("dep", State.OPEN), breakers.opened(31 * SECOND));
        call("dep", Answer.GOOD, 61 * SECOND);
        assertEquals(Map.of("dep", State.CLOSED), breakers.opened(61 * SECOND));
        for (int i = 0; i < 10; i++) call("host" + i, Answer.GOOD, 61 * SECOND);
        assertEquals(Map.of(), breakers.opened(61 * SECOND), "it was used longest ago, and forgotten");
    }

    @Test
    void stateOfManyDestinationsIsBounded() {
        open("dep");
        for (int i = 0; i < 10; i++) call("host" + i, Answer.GOOD, SECOND);
        assertSame(Verdict.ALLOW, rule.judge(attempt("dep"), SECOND), "it was used longest ago, and forgotten");
    }
}
