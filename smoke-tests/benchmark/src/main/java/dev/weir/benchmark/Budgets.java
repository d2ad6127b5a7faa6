package dev.weir.benchmark;

import java.util.Optional;

/** The budgets that the benchmark holds Weir to. */
final class Budgets {

    /** "Well below the OpenTelemetry agent". */
    private static final Budget WELL_BELOW = new Budget.ShareOfOpenTelemetry(0.5);

    private static final Budget NOT_ABOVE = new Budget.ShareOfOpenTelemetry(1.0);

    private Budgets() {}

    static Optional<Budget> of(Line line, Metric metric) {
        return switch (line) {
            case HELLO, HTTP_CLIENT, HTTP_URL_CONNECTION, OKHTTP, APACHE_HTTP_CLIENT, JDBC -> Optional.of(WELL_BELOW);
            case EXECUTOR_SUBMIT, SUPPLY_ASYNC, REACTOR, COROUTINE, VIRTUAL_THREAD -> Optional.of(NOT_ABOVE);
            // OpenTelemetry does not trace files, so there is nothing to be a share of.
            case FILE_OPEN_WRITE_CLOSE -> microseconds(metric, 1.0);
            case FILE_WRITE -> microseconds(metric, 0.05);
        };
    }

    private static Optional<Budget> microseconds(Metric metric, double limit) {
        return metric == Metric.OPERATION_BYTES ? Optional.empty() : Optional.of(new Budget.AddedAtMost(limit));
    }
}
