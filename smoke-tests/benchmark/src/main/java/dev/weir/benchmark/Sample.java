package dev.weir.benchmark;

import java.util.Collection;
import java.util.List;

/** Some measured values, in order. */
record Sample(List<Double> sorted) {

    static Sample of(Collection<Double> values) {
        return new Sample(values.stream().sorted().toList());
    }

    int n() {
        return sorted.size();
    }

    double min() {
        return sorted.get(0);
    }

    double max() {
        return sorted.get(sorted.size() - 1);
    }

    double median() {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Whether no value differs from the median by more than that share of it. */
    boolean within(double share) {
        double allowed = Math.abs(median()) * share;
        return max() - median() <= allowed && median() - min() <= allowed;
    }
}
