package dev.weir.agent.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.context.Attempt;
import dev.weir.agent.ledger.ConcurrencyLimit;
import dev.weir.agent.ledger.Pressure;
import dev.weir.agent.rules.Rule.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitRuleTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final Attempts attempts = new Attempts();
    /** 2015-10-21T07:28:00Z. */
    private static final long EPOCH_MILLIS = 1_445_412_480_000L;

    private final Pressure pressure = new Pressure(ConcurrencyLimit.Algorithm.OFF, 10);
    private final RateLimitRule rule = new RateLimitRule(pressure, 60_000, () -> EPOCH_MILLIS);

    private Attempt attempt(long leftMillis, long nowNanos) {
        return attempts.begin(new Attempts.Http("GET", "llm", "/"), leftMillis, nowNanos);
    }

    private Attempt go(long nowNanos) {
        Attempt attempt = attempt(Long.MAX_VALUE, nowNanos);
        assertSame(Verdict.ALLOW, rule.judge(attempt, nowNanos));
        return attempt;
    }

    private String refuse(Attempt attempt, String header, String value, long nowNanos) {
        ((Attempts.Http) attempt.facts()).responseHeaders.put(header, value);
        return rule.ended(attempt, Answer.PRESSED, nowNanos);
    }

    private long waitAt(long nowNanos) {
        return assertInstanceOf(Verdict.Delay.class, rule.judge(attempt(Long.MAX_VALUE, nowNanos), nowNanos))
                .nanos();
    }

    @Test
    void nothingIsHeldBackUntilTheDestinationComplains() {
        for (int i = 0; i < 1_000; i++) go(0);
    }

    @Test
    void nothingGoesBeforeTheTimeThatItNames() {
        assertEquals(
                "llm asks for fewer calls, and for none in the next 7000 ms", refuse(go(0), "retry-after", "7", 0));
        long wait = waitAt(SECOND);
        assertTrue(wait >= 6 * SECOND && wait <= 8 * SECOND, wait + " ns");
        assertSame(Verdict.ALLOW, rule.judge(attempt(Long.MAX_VALUE, 7 * SECOND), 7 * SECOND));
    }

    @Test
    void whoIsToldToWaitTogetherDoesNotComeBackTogether() {
        refuse(go(0), "retry-after", "2", 0);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 50; i++) waits.add(waitAt(0));
        assertTrue(waits.stream().distinct().count() > 40, waits.toString());
    }

    /** It took five and refused six: five in a second is what it can take. */
    @Test
    void neverFasterThanItTookThem() {
        List<Attempt> together = new ArrayList<>();
        for (int i = 0; i < 11; i++) together.add(go(0));
        for (int i = 0; i < 6; i++) {
            String note = refuse(together.get(i), "retry-after", "1", MILLI);
            assertEquals(i == 0, note != null, "one complaint is said once");
        }
        for (int i = 6; i < 11; i++) assertNull(rule.ended(together.get(i), Answer.GOOD, 2 * MILLI));
        List<Long> let = new ArrayList<>();
        for (long now = 0; now < 10 * SECOND; now += 5 * MILLI) {
            Attempt attempt = attempt(Long.MAX_VALUE, now);
            if (!(rule.judge(attempt, now) instanceof Verdict.Allow)) continue;
            let.add(now);
            rule.ended(attempt, Answer.GOOD, now);
        }
        assertTrue(let.get(0) >= SECOND, let.toString());
        for (int i = 5; i < let.size(); i++) assertTrue(let.get(i) - let.get(i - 5) > SECOND, let.toString());
        assertTrue(let.size() >= 36, "no slower than a tenth below what it took: " + let.size());
    }

    @Test
    void whatCannotWaitSoLongIsRefused() {
        refuse(go(0), "retry-after", "7", 0);
        Verdict.Deny deny = assertInstanceOf(Verdict.Deny.class, rule.judge(attempt(500, 0), 0));
        assertTrue(deny.reason().contains("500 ms are left"), deny.reason());
        refuse(go(100 * SECOND), "retry-after", "300", 100 * SECOND);
        deny = assertInstanceOf(Verdict.Deny.class, rule.judge(attempt(Long.MAX_VALUE, 100 * SECOND), 100 * SECOND));
        assertTrue(deny.reason().contains("60000 ms at most"), deny.reason());
    }

    @ParameterizedTest
    @CsvSource({
        "retry-after, 3, 3000",
        "retry-after, 0.5, 1000",
        "retry-after-ms, 250, 250",
        "grpc-retry-pushback-ms, 1200, 1200",
    })
    void timesAreRead(String header, String value, long millis) {
        assertEquals(
                "llm asks for fewer calls, and for none in the next " + millis + " ms",
                refuse(go(0), header, value, 0));
    }

    @Test
    void datesAreReadByTheServersClock() {
        Attempt attempt = go(0);
        ((Attempts.Http) attempt.facts()).responseHeaders.put("date", "Wed, 21 Oct 2015 07:28:00 GMT");
        assertEquals(
                "llm asks for fewer calls, and for none in the next 5000 ms",
                refuse(attempt, "retry-after", "Wed, 21 Oct 2015 07:28:05 GMT", 0));
    }

    @Test
    void datesAreReadByOurClockWhereTheServerTellsNone() {
        assertEquals(
                "llm asks for fewer calls, and for none in the next 9000 ms",
                refuse(go(0), "retry-after", "Wed, 21 Oct 2015 07:28:09 GMT", 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-1", "31536000", "99999999999999999999", "soon", "", "Wed, 99 Foo 2015", "1e9", "\u0663", "3 s"
            })
    void absurdTimesAreNone(String value) {
        assertEquals("llm asks for fewer calls", refuse(go(0), "retry-after", value, 0));
        assertEquals(1, rule.malformed());
        assertTrue(waitAt(0) <= 2 * SECOND);
    }

    @ParameterizedTest
    @CsvSource({
        "x-ratelimit-remaining, x-ratelimit-reset, 20",
        "x-ratelimit-remaining-requests, x-ratelimit-reset-requests, 20s",
        "x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, 0m20s",
        "ratelimit-remaining, ratelimit-reset, 20",
        "x-ratelimit-remaining, x-ratelimit-reset, 1445412500",
        "anthropic-ratelimit-requests-remaining, anthropic-ratelimit-requests-reset, 2015-10-21T07:28:20Z",
    })
    void usedUpQuotaHoldsTheNextBack(String remaining, String reset, String value) {
        Attempt last = go(0);
        ((Attempts.Http) last.facts()).responseHeaders.put(remaining, "0");
        ((Attempts.Http) last.facts()).responseHeaders.put(reset, value);
        assertNull(rule.ended(last, Answer.GOOD, 0));
        long wait = waitAt(0);
        assertTrue(wait >= 20 * SECOND && wait <= 21 * SECOND, wait + " ns");
    }

    @Test
    void quotaThatIsLeftHoldsNothingBack() {
        Attempt last = go(0);
        ((Attempts.Http) last.facts()).responseHeaders.put("x-ratelimit-remaining", "1");
        ((Attempts.Http) last.facts()).responseHeaders.put("x-ratelimit-reset", "20");
        rule.ended(last, Answer.GOOD, 0);
        go(0);
    }

    @Test
    void additiveIncreaseLimitsAfterTheFirstComplaint() {
        Pressure limited = new Pressure(ConcurrencyLimit.Algorithm.AIMD, 10);
        for (int i = 0; i < 12; i++) assertEquals(0, limited.wait("db", true, 0));
        assertEquals(12, limited.inFlight("db"));
        limited.ended("db", SECOND, false);
        limited.refused("db", 0, 0);
        long now = 10 * SECOND;
        assertTrue(limited.wait("db", true, now) > 0, "eleven are in flight, and fewer may be");
        for (int i = 0; i < 11; i++) limited.ended("db", MILLI, true);
        assertEquals(0, limited.wait("db", true, now));
    }

    @Test
    void gradientLimitsBeforeAnythingFails() {
        Pressure limited = new Pressure(ConcurrencyLimit.Algorithm.GRADIENT, 10);
        RateLimitRule careful = new RateLimitRule(limited, 60_000, () -> EPOCH_MILLIS);
        List<Attempt> first = new ArrayList<>();
        while (first.size() < 20) {
            Attempt next = attempts.begin(new Attempts.Http("GET", "llm", "/").waiting(), Long.MAX_VALUE, 0);
            assertSame(Verdict.ALLOW, careful.judge(next, 0));
            first.add(next);
        }
        Attempt waiting = attempts.begin(new Attempts.Http("GET", "llm", "/").waiting(), Long.MAX_VALUE, 0);
        Verdict.Delay delay = assertInstanceOf(Verdict.Delay.class, careful.judge(waiting, 0));
        assertTrue(delay.reason().startsWith("llm has as many calls in flight as it bears"), delay.reason());
        careful.ended(first.get(0), Answer.GOOD, MILLI);
        assertSame(Verdict.ALLOW, careful.judge(waiting, MILLI));
    }

    /** To refuse is more than to make wait: it needs a destination that has been seen to fail. */
    @Test
    void callThatCannotWaitIsHeldBackByProvenLimitsOnly() {
        Pressure limited = new Pressure(ConcurrencyLimit.Algorithm.GRADIENT, 10);
        for (int i = 0; i < 100; i++) assertEquals(0, limited.wait("db", false, 0));
        limited.ended("db", SECOND, false);
        assertTrue(limited.wait("db", false, 0) > 0);
    }

    @Test
    void gradientFollowsLatency() {
        Pressure limited = new Pressure(ConcurrencyLimit.Algorithm.GRADIENT, 10);
        int usual = mostAtOnce(limited, MILLI, 8);
        assertTrue(usual > 60, "a destination that stays as quick gets more: " + usual);
        int slow = mostAtOnce(limited, 10 * MILLI, 2);
        assertTrue(slow < usual / 4, "one that becomes slower gets fewer: " + slow + " after " + usual);
        assertTrue(slow >= 4, "some always go: " + slow);
    }

    /** How many may be in flight in the last of some rounds in which all that go take so long. */
    private static int mostAtOnce(Pressure limited, long nanos, int rounds) {
        int most = 0;
        for (int round = 0; round < rounds; round++) {
            most = 0;
            while (limited.wait("db", true, 0) == 0) most++;
            for (int i = 0; i < most; i++) limited.ended("db", nanos, true);
        }
        return most;
    }

    @Test
    void errorsOfItsOwnSayNothingOfHowMuchItBears() {
        Pressure limited = new Pressure(ConcurrencyLimit.Algorithm.AIMD, 10);
        RateLimitRule careful = new RateLimitRule(limited, 60_000, () -> EPOCH_MILLIS);
        List<Attempt> open = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Attempt next = attempt(Long.MAX_VALUE, 0);
            assertSame(Verdict.ALLOW, careful.judge(next, 0));
            open.add(next);
        }
        careful.ended(open.get(0), Answer.BAD, MILLI);
        assertSame(Verdict.ALLOW, careful.judge(attempt(Long.MAX_VALUE, 0), MILLI));
        careful.ended(open.get(1), Answer.UNANSWERED, MILLI);
        assertInstanceOf(Verdict.Delay.class, careful.judge(attempt(Long.MAX_VALUE, 0), MILLI));
    }

    @Test
    void callThatNeverTookPlaceIsNotInFlight() {
        Attempt attempt = go(0);
        go(0);
        assertEquals(2, pressure.inFlight("llm"));
        rule.dropped(attempt, 0);
        rule.dropped(attempt, 0);
        assertEquals(1, pressure.inFlight("llm"));
    }
}
