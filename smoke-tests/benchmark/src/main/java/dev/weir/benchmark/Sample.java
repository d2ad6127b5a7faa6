package dev.weir.benchmark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Some measured values, one of each round. */
record Sample(List<Double> values) {

    static Sample of(Collection<Double> values) {
        return new Sample(List.copyOf(values));
    }

    /**
     * What was more than in another sample, round by round. What the machine did in a round happened to both, so this
     * spreads less than either.
     *
     * @throws IllegalArgumentException if the other is not of as many rounds
     */
    Sample minus(Sample base) {
        if (base.n() != n()) {
            throw new IllegalArgumentException(n() + " values next to " + base.n());
        }
        List<Double> differences = new ArrayList<>(n());
        for (int i = 0; i < n(); i++) {
            differences.add(values.get(i) - base.values.get(i));
        }
        return new Sample(differences);
    }

    /** Whether it is more than another, and not by chance: in every round, or on the whole more than that ever was. */
    boolean showsAbove(Sample base) {
        return minus(base).min() > 0 || median() > base.max();
    }

    /**
     * The number of rounds in which it was less than another.
     *
     * @throws IllegalArgumentException if the other is not of as many rounds
     */
    long roundsBelow(Sample other) {
        return minus(other).values.stream().filter(difference -> difference < 0).count();
    }

    int n() {
        return values.size();
    }

    double min() {
        return sorted().get(0);
    }

    double max() {
        return sorted().get(n() - 1);
    }

    double median() {
        List<Double> sorted = sorted();
        int middle = n() / 2;
        return n() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private List<Double> sorted() {
        return values.stream().sorted().toList();
    }
}
