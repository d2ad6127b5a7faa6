package dev.weir.benchmark;

import static dev.weir.benchmark.Agent.DATADOG;
import static dev.weir.benchmark.Agent.ELASTIC;
import static dev.weir.benchmark.Agent.EMPTY;
import static dev.weir.benchmark.Agent.GLOWROOT;
import static dev.weir.benchmark.Agent.NONE;
import static dev.weir.benchmark.Agent.OPENTELEMETRY;
import static dev.weir.benchmark.Agent.WEIR;
import static dev.weir.benchmark.Agent.WEIR_PROPAGATION;

import java.util.ArrayList;
import java.util.List;

/** Lines that are measured in the same way, beside the same agents: those that a budget names, unless others are asked for. */
enum Kind {
    HELLO(List.of(NONE, EMPTY, WEIR, OPENTELEMETRY, DATADOG), List.of(WEIR_PROPAGATION, ELASTIC, GLOWROOT)),
    READY(List.of(NONE, EMPTY, WEIR, OPENTELEMETRY, DATADOG), List.of(WEIR_PROPAGATION)),
    ARCHIVE(List.of(NONE, EMPTY, WEIR), List.of(WEIR_PROPAGATION, OPENTELEMETRY, DATADOG)),
    CALL(List.of(NONE, WEIR, OPENTELEMETRY, ELASTIC, GLOWROOT), List.of(EMPTY, WEIR_PROPAGATION)),
    CALL_AND_RULES(List.of(NONE, WEIR, WEIR_PROPAGATION, OPENTELEMETRY, ELASTIC, GLOWROOT), List.of(EMPTY)),
    FILE(List.of(NONE, WEIR), List.of(EMPTY, WEIR_PROPAGATION, OPENTELEMETRY)),
    FILE_OUTSIDE(List.of(NONE, WEIR), List.of(EMPTY, WEIR_PROPAGATION, OPENTELEMETRY)),
    HOP(List.of(NONE, WEIR, OPENTELEMETRY), List.of(EMPTY, WEIR_PROPAGATION));

    private final List<Agent> agents;
    private final List<Agent> others;

    Kind(List<Agent> agents, List<Agent> others) {
        this.agents = agents;
        this.others = others;
    }

    List<Metric> metrics() {
        return switch (this) {
            case HELLO -> List.of(Metric.START_CPU, Metric.START_WALL, Metric.START_CLASSES, Metric.START_RSS);
            case READY -> List.of(Metric.START_CPU, Metric.START_WALL, Metric.START_RSS);
            case ARCHIVE -> List.of(Metric.START_ARCHIVED, Metric.START_WARNINGS, Metric.START_CPU, Metric.START_WALL);
            case CALL, CALL_AND_RULES, FILE, FILE_OUTSIDE, HOP ->
                List.of(Metric.OPERATION_CPU, Metric.OPERATION_TIME, Metric.OPERATION_BYTES);
        };
    }

    boolean isOperation() {
        return metrics().contains(Metric.OPERATION_CPU);
    }

    /** Whether the operations run inside inbound requests. */
    boolean hasRoots() {
        return this != FILE_OUTSIDE;
    }

    /** Those that run unless others are asked for. */
    List<Agent> agents() {
        return agents;
    }

    /** All of which it is known how many spans they make. */
    List<Agent> possibleAgents() {
        List<Agent> all = new ArrayList<>(agents);
        all.addAll(others);
        return all;
    }
}
