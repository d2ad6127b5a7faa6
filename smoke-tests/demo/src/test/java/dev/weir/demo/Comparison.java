package dev.weir.demo;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The table at the end: what happened, one column per mode. */
record Comparison(List<Outcome> outcomes) {
    private static final int LABEL = 58;
    private static final int COLUMN = 12;

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder();
        row(table, "", outcome -> outcome.mode().word);
        row(table, "charge: calls that reached the payment provider", outcome -> "" + outcome.chargeCalls());
        if (outcomes.stream().allMatch(outcome -> !outcome.chains().isEmpty())) {
            row(table, "charge: amplification, the worker's calls included", outcome -> amplification(outcome));
        }
        row(table, "refund: the customer had an answer after", outcome -> seconds(outcome.answeredMillis()));
        row(table, "refund: the worker went on after the caller gave up for", outcome -> seconds(outcome.busyMillis()));
        row(table, "refund: calls that reached the payment provider", outcome -> "" + outcome.refundCalls());
        row(table, "refund: ... of them after the caller gave up", outcome -> "" + outcome.lateRefundCalls());
        row(
                table,
                "refund: paid out after the customer was told \"no refund\"",
                outcome -> outcome.paidLate() ? "yes" : "no");
        return table.toString();
    }

    private void row(StringBuilder table, String label, Function<Outcome, String> cell) {
        table.append(String.format(Locale.ROOT, "%-" + LABEL + "s", label));
        for (Outcome outcome : outcomes) {
            table.append(String.format(Locale.ROOT, "%" + COLUMN + "s", cell.apply(outcome)));
        }
        table.append('\n');
    }

    private static String amplification(Outcome outcome) {
        return String.format(Locale.ROOT, "%.1f", outcome.chains().get(0).amplification());
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
