package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.benchmark.Verdict.Outcome;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BudgetTest {

    private static final Sample NONE = sample(9, 10, 12);

    @Test
    void aShareIsOfWhatIsAddedNotOfTheWhole() {
        Budget half = new Budget.ShareOfOpenTelemetry(0.5);
        assertEquals(
                Outcome.HOLDS,
                half.judge(NONE, sample(14, 15, 16), sample(19, 20, 21)).outcome());
        assertEquals(
                Outcome.MISSED,
                half.judge(NONE, sample(15, 16, 17), sample(19, 20, 21)).outcome());
    }

    @Test
    void aShareOfACostThatDoesNotShowIsNotDrawn() {
        Budget half = new Budget.ShareOfOpenTelemetry(0.5);
        assertEquals(
                Outcome.UNDECIDED,
                half.judge(NONE, sample(10, 10, 10), sample(11, 12, 13)).outcome());
        assertEquals(
                Outcome.MISSED,
                half.judge(NONE, sample(20, 20, 20), sample(11, 12, 13)).outcome());
    }

    @Test
    void anAgentThatCostsLessThanNothingHolds() {
        Budget half = new Budget.ShareOfOpenTelemetry(0.5);
        assertEquals(
                Outcome.HOLDS,
                half.judge(NONE, sample(8, 8, 8), sample(19, 20, 21)).outcome());
    }

    @Test
    void anAbsoluteLimitIsMissedOnlyAboveTheNoise() {
        Budget one = new Budget.AddedAtMost(1);
        assertEquals(
                Outcome.HOLDS,
                one.judge(NONE, sample(11, 11, 11), sample(10, 10, 10)).outcome());
        assertEquals(
                Outcome.UNDECIDED,
                one.judge(NONE, sample(12, 12, 12), sample(10, 10, 10)).outcome());
        assertEquals(
                Outcome.MISSED,
                one.judge(NONE, sample(13, 13, 13), sample(10, 10, 10)).outcome());
    }

    private static Sample sample(double... values) {
        return Sample.of(Arrays.stream(values).boxed().toList());
    }
}
