package dev.weir.benchmark;

import java.util.Locale;

/** What a comparison says about a budget, with the figure that decided. */
record Verdict(Outcome outcome, String reason, String measured) {

    /** How it came out. */
    enum Outcome {
        HOLDS,
        MISSED,
        UNDECIDED
    }

    @Override
    public String toString() {
        String word = outcome.name().toLowerCase(Locale.ROOT);
        return reason.isEmpty() ? word : word + ": " + reason;
    }
}
