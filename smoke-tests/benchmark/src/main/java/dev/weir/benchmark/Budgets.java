package dev.weir.benchmark;

import dev.weir.benchmark.Budget.AddedTo;
import dev.weir.benchmark.Budget.AsManyAs;
import dev.weir.benchmark.Budget.InsideTheSpread;
import dev.weir.benchmark.Budget.ShareOf;
import java.util.ArrayList;
import java.util.List;

/** The budgets that the benchmark holds Weir to. */
final class Budgets {

    /** In bytes; {@code MB} as jars of other agents are given. */
    static final long JAR = 8_000_000;

    private static final Budget WELL_BELOW = new ShareOf(Agent.OPENTELEMETRY, 0.5);
    private static final Budget NOT_ABOVE = new ShareOf(Agent.OPENTELEMETRY, 1.0);

    private Budgets() {}

    /** All that hold for a metric of a line. */
    static List<Budget> of(Line line, Metric metric) {
        return switch (line.kind()) {
            case HELLO -> hello(metric);
            case READY -> ready(metric);
            case ARCHIVE -> archive(metric);
            case CALL -> call(line, metric);
            case CALL_AND_RULES -> callAndRules(line, metric);
            case FILE -> file(line, metric);
            case FILE_OUTSIDE -> outside(metric);
            case HOP -> List.of(NOT_ABOVE);
        };
    }

    private static List<Budget> hello(Metric metric) {
        return metric == Metric.START_CPU
                ? List.of(new ShareOf(Agent.OPENTELEMETRY, 0.06), new ShareOf(Agent.DATADOG, 0.2))
                : List.of(WELL_BELOW);
    }

    private static List<Budget> ready(Metric metric) {
        return switch (metric) {
            case START_CPU -> List.of(new ShareOf(Agent.OPENTELEMETRY, 0.10), new ShareOf(Agent.DATADOG, 0.3));
            case START_RSS -> List.of(new ShareOf(Agent.OPENTELEMETRY, 0.3));
            default -> List.of(WELL_BELOW);
        };
    }

    private static List<Budget> archive(Metric metric) {
        return switch (metric) {
            case START_ARCHIVED -> List.of(new AsManyAs(Agent.EMPTY));
            case START_WARNINGS -> List.of(new AddedTo(Agent.NONE, 0));
            default -> List.of();
        };
    }

    private static List<Budget> call(Line line, Metric metric) {
        return switch (metric) {
            case OPERATION_BYTES -> List.of(new ShareOf(Agent.OPENTELEMETRY, 0.3), new ShareOf(Agent.ELASTIC, 1.0));
            case OPERATION_CPU ->
                line.followedByGlowroot()
                        ? List.of(new ShareOf(Agent.OPENTELEMETRY, 0.35), new ShareOf(Agent.GLOWROOT, 1.0))
                        : List.of(new ShareOf(Agent.OPENTELEMETRY, 0.35));
            default -> List.of(WELL_BELOW);
        };
    }

    private static List<Budget> callAndRules(Line line, Metric metric) {
        List<Budget> budgets = new ArrayList<>(call(line, metric));
        switch (metric) {
            case OPERATION_BYTES -> budgets.add(new AddedTo(Agent.WEIR_PROPAGATION, 300));
            case OPERATION_CPU -> budgets.add(new AddedTo(Agent.WEIR_PROPAGATION, 1));
            default -> {
                // The rules' share of the time is their share of the CPU.
            }
        }
        return budgets;
    }

    /** Other agents do not trace files, so there is nothing to be a share of. */
    private static List<Budget> file(Line line, Metric metric) {
        double microseconds = line == Line.FILE_WRITE ? 0.05 : 1;
        return metric == Metric.OPERATION_BYTES ? List.of() : List.of(new AddedTo(Agent.NONE, microseconds));
    }

    private static List<Budget> outside(Metric metric) {
        // Bytes hardly spread, and the agent's own threads make some: half of the smallest object.
        return List.of(metric == Metric.OPERATION_BYTES ? new AddedTo(Agent.NONE, 8) : new InsideTheSpread());
    }
}
