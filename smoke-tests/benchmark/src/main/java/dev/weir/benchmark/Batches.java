package dev.weir.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Batches of one run. Those during which the machine was taken away are measured again. */
final class Batches {

    /** So many times the wanted number are measured at most. */
    private static final int PATIENCE = 3;

    private final int wanted;
    private final List<Batch> measured = new ArrayList<>();

    Batches(int wanted) {
        this.wanted = wanted;
    }

    void add(Batch batch) {
        measured.add(batch);
    }

    boolean enough() {
        long undisturbed = measured.stream().filter(Batch::undisturbed).count();
        return undisturbed >= wanted || measured.size() >= PATIENCE * wanted;
    }

    /** The least disturbed ones, as many as were wanted. */
    private List<Batch> used() {
        return measured.stream()
                .sorted(Comparator.comparingDouble(Batch::stolen))
                .limit(wanted)
                .toList();
    }

    double median(ToDoubleFunction<Batch> value) {
        return Sample.of(used().stream().map(value::applyAsDouble).toList()).median();
    }

    /** Whether there was no more patience. */
    boolean disturbed() {
        return !used().stream().allMatch(Batch::undisturbed);
    }

    /**
     * @param stolen share of the machine's CPU time that others had
     * @param nanos of one operation
     * @param cpuNanos of one operation
     */
    record Batch(double stolen, double nanos, double cpuNanos) {

        boolean undisturbed() {
            return stolen < StolenTime.TOO_MUCH;
        }
    }
}
