package dev.weir.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The turns of one process. Those count during which the least of the machine was taken away. */
final class Turns {

    private final int counted;
    private final List<Turn> measured = new ArrayList<>();

    Turns(int counted) {
        this.counted = counted;
    }

    void add(Turn turn) {
        measured.add(turn);
    }

    private List<Turn> used() {
        return measured.stream()
                .sorted(Comparator.comparingDouble(Turn::stolen))
                .limit(counted)
                .toList();
    }

    double median(ToDoubleFunction<Turn> value) {
        return Sample.of(used().stream().map(value::applyAsDouble).toList()).median();
    }

    /** Whether too few were left alone. */
    boolean disturbed() {
        return !used().stream().allMatch(turn -> turn.stolen < StolenTime.TOO_MUCH);
    }

    /**
     * @param stolen share of the machine's CPU time that others had
     * @param nanos of one operation
     * @param cpuNanos of one operation
     */
    record Turn(double stolen, double nanos, double cpuNanos) {}
}
