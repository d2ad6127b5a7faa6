package dev.weir.benchmark;

import static dev.weir.benchmark.Agent.DATADOG;
import static dev.weir.benchmark.Agent.ELASTIC;
import static dev.weir.benchmark.Agent.EMPTY;
import static dev.weir.benchmark.Agent.GLOWROOT;
import static dev.weir.benchmark.Agent.NONE;
import static dev.weir.benchmark.Agent.OPENTELEMETRY;
import static dev.weir.benchmark.Agent.WEIR;
import static dev.weir.benchmark.Agent.WEIR_PROPAGATION;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Lines that are measured in the same way, beside the same agents: those that a budget names, unless others are asked for. */
enum Kind {
    HELLO,
    READY,
    ARCHIVE,
    CALL,
    /** Calls on which the rules are measured too. */
    CALL_AND_RULES,
    FILE,
    FILE_OUTSIDE,
    HOP;

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

    /** Whether operations go to another process or a database, by libraries of some size. */
    boolean isCall() {
        return this == CALL || this == CALL_AND_RULES;
    }

    /** Whether the operations run inside inbound requests. */
    boolean hasRoots() {
        return this != FILE_OUTSIDE;
    }

    /** Those that run unless others are asked for. */
    List<Agent> agents() {
        return switch (this) {
            case HELLO, READY -> List.of(NONE, EMPTY, WEIR, OPENTELEMETRY, DATADOG);
            case ARCHIVE -> List.of(NONE, EMPTY, WEIR);
            case CALL -> List.of(NONE, WEIR, OPENTELEMETRY, ELASTIC, GLOWROOT);
            case CALL_AND_RULES -> List.of(NONE, WEIR, WEIR_PROPAGATION, OPENTELEMETRY, ELASTIC, GLOWROOT);
            case FILE, FILE_OUTSIDE -> List.of(NONE, WEIR);
            case HOP -> List.of(NONE, WEIR, OPENTELEMETRY);
        };
    }

    /** All of which it is known how many spans they make. */
    Set<Agent> possibleAgents() {
        Set<Agent> all = EnumSet.of(NONE, EMPTY, WEIR, WEIR_PROPAGATION, OPENTELEMETRY);
        all.addAll(agents());
        switch (this) {
            case HELLO -> all.addAll(EnumSet.of(ELASTIC, GLOWROOT));
            case ARCHIVE -> all.add(DATADOG);
            default -> {
                // those above
            }
        }
        return all;
    }
}
