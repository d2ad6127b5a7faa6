package dev.weir.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    private final Results results = new Results();

    @Test
    void ratiosAreOfMediansAndAddedCost() {
        add(Agent.NONE, 90, 100, 110);
        add(Agent.WEIR, 140, 150, 190);
        add(Agent.OPENTELEMETRY, 280, 300, 310);
        add(Agent.GLOWROOT, 140, 140, 140);
        add(Agent.WEIR_PROPAGATION, 149, 149.5, 150);
        List<String> row = row("CPU per op", 0);
        assertEquals("3", row.get(2));
        assertEquals("150 (140–190)", row.get(4));
        assertEquals(List.of("1.50", "0.50"), row.subList(8, 10));
        assertEquals(
                List.of("50.0 (50.0–80.0)", "49.5 (40.0–59.0)", "200 (190–200)", "40.0 (30.0–50.0)", "0.25", "3 of 3"),
                row("CPU per op", 1).subList(2, 8));
        assertEquals(List.of("≤ 0.35 × OpenTelemetry's added", "0.25", "holds"), judged(0));
        assertEquals(List.of("≤ 1.00 × Glowroot's added", "1.25", "missed"), judged(1));
        assertEquals(List.of("≤ 1.00 added to Weir, rules off", "0.500", "holds"), judged(2));
        assertFalse(results.anyObjection());
    }

    @Test
    void oneRefusedRunTakesEveryRatioOfItsAgentAway() {
        add(Agent.NONE, 100, 100);
        add(Agent.WEIR, 150, 150);
        add(Agent.OPENTELEMETRY, 300);
        add(Agent.GLOWROOT, 200, 200);
        results.add(new RunResult(
                Line.JDBC,
                Agent.OPENTELEMETRY,
                Map.of(Metric.OPERATION_CPU, 300.0),
                List.of("12 of 42,000 spans dropped"),
                List.of()));
        List<String> row = row("CPU per op", 0);
        assertEquals("refused", row.get(5));
        assertEquals(List.of("1.50", "–"), row.subList(7, 9));
        assertEquals("–", row("CPU per op", 1).get(3));
        assertEquals("refused: OpenTelemetry, see below", judged(0).get(2));
        assertEquals("holds", judged(1).get(2));
        assertTrue(report().contains("- JDBC pooled select, OpenTelemetry: 12 of 42,000 spans dropped (1 of 2 runs)"));
        assertTrue(results.anyObjection());
    }

    @Test
    void withoutARunWithoutAnAgentNothingIsCompared() {
        results.add(RunResult.failed(Line.JDBC, Agent.NONE, "ended with status 1"));
        add(Agent.WEIR, 150);
        add(Agent.OPENTELEMETRY, 300);
        assertEquals(List.of("–", "0.50"), row("CPU per op", 0).subList(6, 8));
        assertEquals(List.of("–", "–", "–", "1 of 1"), row("CPU per op", 1).subList(2, 6));
        assertEquals("refused: no agent, see below", judged(0).get(2));
        assertEquals("refused: no agent, see below", judged(1).get(2));
        assertEquals("not compared, left out: Weir, rules off", judged(2).get(2));
    }

    @Test
    void anAddedCostThatDoesNotShowInEveryRoundIsNoDivisor() {
        add(Agent.NONE, 90, 100, 130);
        add(Agent.WEIR, 100, 101, 102);
        add(Agent.OPENTELEMETRY, 110, 110, 110);
        assertEquals(List.of("1.01", "0.92"), row("CPU per op", 0).subList(6, 8));
        assertEquals(
                List.of("1.00 (-28.0–10.0)", "10.0 (-20.0–20.0)", "–", "3 of 3"),
                row("CPU per op", 1).subList(2, 6));
        assertEquals("undecided: no cost shows above the noise", judged(0).get(2));
    }

    @Test
    void runsOfOtherRoundsAreNotCompared() {
        add(Agent.NONE, 100, 100);
        add(Agent.WEIR, 150);
        add(Agent.OPENTELEMETRY, 300, 300);
        assertEquals("–", row("CPU per op", 1).get(2));
        assertEquals("not compared: not of the same rounds", judged(0).get(2));
    }

    @Test
    void theJarIsHeldToItsSize() {
        assertEquals("weir.jar: 8,000,000 bytes, budget ≤ 8,000,000: holds", Benchmark.jarSize(8_000_000));
        assertEquals("weir.jar: 8,000,001 bytes, budget ≤ 8,000,000: missed", Benchmark.jarSize(8_000_001));
    }

    @Test
    void notesSayWhichRunsTheyAreAbout() {
        results.add(new RunResult(
                Line.JDBC, Agent.NONE, Map.of(Metric.OPERATION_CPU, 1.0), List.of(), List.of("bursts came late")));
        assertTrue(report().contains("- bursts came late: jdbc/none 1 of 1"));
    }

    @Test
    void numbersKeepThreeDigits() {
        assertEquals("12,346", Report.number(12_345.6));
        assertEquals("100", Report.number(99.96));
        assertEquals("99.9", Report.number(99.94));
        assertEquals("10.0", Report.number(9.996));
        assertEquals("1.23", Report.number(1.234));
        assertEquals("-0.123", Report.number(-0.1234));
        assertEquals("0.050", Report.number(0.05));
    }

    private void add(Agent agent, double... values) {
        for (double value : values) {
            results.add(new RunResult(Line.JDBC, agent, Map.of(Metric.OPERATION_CPU, value), List.of(), List.of()));
        }
    }

    private String report() {
        return new Report(results).markdown("title");
    }

    /** Budget, figure and verdict. */
    private List<String> judged(int index) {
        return row("CPU per op", 2 + index).subList(2, 5);
    }

    private List<String> row(String measure, int index) {
        return report().lines()
                .filter(line -> line.contains("| " + measure))
                .skip(index)
                .findFirst()
                .map(line -> Arrays.stream(line.substring(2).split("\\|"))
                        .map(String::strip)
                        .toList())
                .orElseThrow();
    }
}
