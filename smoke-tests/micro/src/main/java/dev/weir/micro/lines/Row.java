package dev.weir.micro.lines;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One line of the table: a measure, and what it says about its budget. */
record Row(String line, String measure, String weir, String other, String ratio, String budget, String verdict) {

    static final String HEAD = """
            | line | measure | Weir | compared with | ratio | budget | verdict |
            |---|---|---|---|---|---|---|
            """;

    private static final String HOLDS = "holds";
    private static final String MISSED = "missed";

    /** Weir's median must be at most this part of the other's. */
    static Row atMost(String line, String measure, Sample weir, String name, Sample other, double most) {
        double ratio = weir.median() / other.median();
        String verdict = ratio <= most ? HOLDS : MISSED;
        return new Row(line, measure, weir.toString(), name + " " + other, number(ratio), "≤ " + most + " ×", verdict);
    }

    /** Weir's median must be at least so many times the other's. */
    static Row atLeast(String line, String measure, Sample weir, String name, Sample other, double least) {
        double ratio = weir.median() / other.median();
        String verdict = ratio >= least ? HOLDS : MISSED;
        return new Row(line, measure, weir.toString(), name + " " + other, number(ratio), "≥ " + least + " ×", verdict);
    }

    /** Weir's values must not lie above all of the other's. */
    static Row noWorse(String line, String measure, Sample weir, String name, Sample other) {
        String verdict = weir.median() <= other.median()
                ? HOLDS
                : weir.min() <= other.max() ? HOLDS + " (inside the spread)" : MISSED;
        double ratio = weir.median() / other.median();
        return new Row(line, measure, weir.toString(), name + " " + other, number(ratio), "no worse", verdict);
    }

    /** Something that is so or not. */
    static Row fact(String line, String measure, String weir, @Nullable String other, String budget, boolean holds) {
        return new Row(line, measure, weir, other == null ? "–" : other, "–", budget, holds ? HOLDS : MISSED);
    }

    /** Something without a budget. */
    static Row shown(String line, String measure, Sample weir, String name, Sample other) {
        String ratio = number(weir.median() / other.median());
        return new Row(line, measure, weir.toString(), name + " " + other, ratio, "–", "–");
    }

    private static String number(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    @Override
    public String toString() {
        return "| " + String.join(" | ", line, measure, weir, other, ratio, budget, verdict) + " |\n";
    }
}
