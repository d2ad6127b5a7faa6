package dev.weir.agent.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.ledger.DestinationRetries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryBudgetRuleTest {

    private static final long SECOND = 1_000_000_000;

    private final Attempts attempts = new Attempts();

    private Verdict next(RetryBudgetRule rule, long nowNanos) {
        Attempt attempt = attempts.begin(new Attempts.Http("GET", "dep", "/"), Long.MAX_VALUE, nowNanos);
        Verdict verdict = rule.judge(attempt, nowNanos);
        attempts.fail(attempt, nowNanos);
        return verdict;
    }

    @Test
    void anOperationGetsItsAttemptsAndNoMore() {
        RetryBudgetRule rule = new RetryBudgetRule(3, new DestinationRetries(0.2, 1, 20, 10));
        for (int i = 0; i < 3; i++) assertSame(Verdict.ALLOW, next(rule, 1));
        Verdict.Deny deny = assertInstanceOf(Verdict.Deny.class, next(rule, 1));
        assertEquals("attempt 4 of an operation that gets 3, over all layers", deny.reason());
    }

    @ParameterizedTest
    @CsvSource({"x-should-retry, false", "grpc-retry-pushback-ms, -1"})
    void whatTheOtherSideCallsHopelessIsNotTriedAgain(String header, String value) {
        RetryBudgetRule rule = new RetryBudgetRule(3, new DestinationRetries(0.2, 1, 20, 10));
        Attempts.Http said = new Attempts.Http("GET", "dep", "/");
        said.responseHeaders.put(header, value);
        Attempt first = attempts.begin(said, Long.MAX_VALUE, 1);
        assertSame(Verdict.ALLOW, rule.judge(first, 1));
        rule.ended(first, Rule.Answer.BAD, 1);
        attempts.fail(first, 1);
        Verdict.Deny deny = assertInstanceOf(Verdict.Deny.class, next(rule, 1));
        assertEquals(
                "the other side has said not to try again (X-Should-Retry, grpc-retry-pushback-ms)", deny.reason());
    }

    @Test
    void afterTheRetryWindowItIsAnotherOperation() {
        RetryBudgetRule rule = new RetryBudgetRule(1, new DestinationRetries(0.2, 1, 20, 10));
        assertSame(Verdict.ALLOW, next(rule, 1));
        assertInstanceOf(Verdict.Deny.class, next(rule, 59 * SECOND));
        assertSame(Verdict.ALLOW, next(rule, 200 * SECOND));
    }

    @Test
    void aDestinationsRetriesFlowBackWithTime() {
        DestinationRetries retries = new DestinationRetries(0.5, 1, 2, 10);
        assertEquals(true, retries.spend("d", 0));
        assertEquals(true, retries.spend("d", 0));
        assertEquals(false, retries.spend("d", 0));
        retries.earn("d", 0);
        assertEquals(false, retries.spend("d", 0));
        retries.earn("d", 0);
        assertEquals(true, retries.spend("d", 0));
        assertEquals(true, retries.spend("d", SECOND));
        assertEquals(true, retries.spend("another", 0));
    }
}
