package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.benchmark.Verdict.Outcome;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BudgetTest {

    private static final Sample NONE = sample(9, 10, 12);

    @Test
    void aShareIsOfWhatIsAddedNotOfTheWhole() {
        Budget half = new Budget.ShareOf(Agent.OPENTELEMETRY, 0.5);
        assertEquals(Outcome.HOLDS, outcome(half, sample(14, 15, 16), sample(19, 20, 21)));
        assertEquals(Outcome.MISSED, outcome(half, sample(15, 16, 17), sample(19, 20, 21)));
    }

    @Test
    void aShareOfACostThatDoesNotShowIsNotDrawn() {
        Budget half = new Budget.ShareOf(Agent.OPENTELEMETRY, 0.5);
        assertEquals(Outcome.UNDECIDED, outcome(half, sample(10, 10, 10), sample(11, 12, 12)));
        assertEquals(Outcome.MISSED, outcome(half, sample(20, 20, 20), sample(11, 12, 12)));
    }

    @Test
    void anAgentThatCostsLessThanNothingHolds() {
        Budget half = new Budget.ShareOf(Agent.OPENTELEMETRY, 0.5);
        assertEquals(Outcome.HOLDS, outcome(half, sample(8, 8, 8), sample(19, 20, 21)));
    }

    @Test
    void anAbsoluteLimitIsMissedOnlyAboveTheNoise() {
        Budget one = new Budget.AddedTo(Agent.NONE, 1);
        assertEquals(Outcome.HOLDS, outcome(one, sample(11, 11, 11), sample(10, 10, 10)));
        assertEquals(Outcome.UNDECIDED, outcome(one, sample(12, 12, 12), sample(10, 10, 10)));
        assertEquals(Outcome.MISSED, outcome(one, sample(13, 13, 13), sample(10, 10, 10)));
    }

    /** One odd round does not hide what is above all that was ever seen without an agent. */
    @Test
    void aLimitIsMissedAboveTheSpreadTooWhateverOneRoundSays() {
        Budget one = new Budget.AddedTo(Agent.NONE, 1);
        assertEquals(Outcome.MISSED, outcome(one, sample(13, 13, 11.9), sample(10, 10, 10)));
        assertEquals(Outcome.UNDECIDED, outcome(one, sample(12, 12, 11.9), sample(10, 10, 10)));
    }

    @Test
    void whatTheRulesCostIsAddedToTheSameAgentWithoutThem() {
        Budget budget = new Budget.AddedTo(Agent.WEIR_PROPAGATION, 300);
        Map<Agent, Sample> samples = new EnumMap<>(Agent.class);
        samples.put(Agent.WEIR_PROPAGATION, sample(1_000, 1_010, 1_020));
        samples.put(Agent.WEIR, sample(1_309, 1_310, 1_311));
        assertEquals(Outcome.HOLDS, budget.judge(samples::get).outcome());
        assertEquals("300", budget.judge(samples::get).measured());
        samples.put(Agent.WEIR, sample(1_309, 1_311, 1_312));
        assertEquals(Outcome.MISSED, budget.judge(samples::get).outcome());
    }

    @Test
    void insideTheSpreadIsNotAboveTheHighestRunWithoutAnAgent() {
        Budget inside = new Budget.InsideTheSpread();
        assertEquals(Outcome.HOLDS, outcome(inside, sample(11, 12, 20), NONE));
        assertEquals(Outcome.MISSED, outcome(inside, sample(11, 12.1, 12.2), NONE));
    }

    @Test
    void oneClassFewerIsFewer() {
        Budget budget = new Budget.AsManyAs(Agent.EMPTY);
        Map<Agent, Sample> samples = new EnumMap<>(Agent.class);
        samples.put(Agent.EMPTY, sample(6_573));
        samples.put(Agent.WEIR, sample(6_573));
        assertEquals(Outcome.HOLDS, budget.judge(samples::get).outcome());
        samples.put(Agent.WEIR, sample(6_572));
        assertEquals(new Verdict(Outcome.MISSED, "", "-1.00"), budget.judge(samples::get));
    }

    /** The table of issue "Light", by name. */
    @Test
    void theBudgetsOfALineAreThoseOfItsMetric() {
        assertEquals(
                List.of("≤ 0.06 × OpenTelemetry's added", "≤ 0.20 × Datadog's added"),
                budgets(Line.HELLO, Metric.START_CPU));
        assertEquals(
                List.of("≤ 0.10 × OpenTelemetry's added", "≤ 0.30 × Datadog's added"),
                budgets(Line.SPRING_BOOT, Metric.START_CPU));
        assertEquals(List.of("≤ 0.30 × OpenTelemetry's added"), budgets(Line.SPRING_BOOT, Metric.START_RSS));
        assertEquals(
                List.of("≤ 0.30 × OpenTelemetry's added", "≤ 1.00 × Elastic's added", "≤ 300 added to Weir, rules off"),
                budgets(Line.JDBC, Metric.OPERATION_BYTES));
        assertEquals(
                List.of("≤ 0.35 × OpenTelemetry's added", "≤ 1.00 × Glowroot's added"),
                budgets(Line.OKHTTP, Metric.OPERATION_CPU));
        assertEquals(List.of("≤ 0.050 added"), budgets(Line.FILE_WRITE, Metric.OPERATION_TIME));
        assertEquals(List.of("inside the no-agent spread"), budgets(Line.FILE_OUTSIDE, Metric.OPERATION_TIME));
        assertEquals(List.of("as many as with the empty agent"), budgets(Line.ARCHIVE, Metric.START_ARCHIVED));
    }

    private static List<String> budgets(Line line, Metric metric) {
        return Budgets.of(line, metric).stream().map(Budget::toString).toList();
    }

    private static Outcome outcome(Budget budget, Sample weir, Sample openTelemetry) {
        return budget.judge(Map.of(Agent.NONE, NONE, Agent.WEIR, weir, Agent.OPENTELEMETRY, openTelemetry)::get)
                .outcome();
    }

    private static Sample sample(double... values) {
        return Sample.of(Arrays.stream(values).boxed().toList());
    }
}
