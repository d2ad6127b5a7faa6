package dev.weir.benchmark;

import java.util.Locale;
import java.util.Optional;

/** Holds what the sink received against what the operations should have produced. */
record SpanExpectation(long roots, int spansPerRoot) {

    long expected() {
        return roots * spansPerRoot;
    }

    /** Why the run may not be used, if the agent made or delivered another number of spans. */
    Optional<String> objection(long received) {
        if (received == expected()) {
            return Optional.empty();
        }
        if (roots == 0) {
            return Optional.of("the sink received " + received + " spans of a program without operations");
        }
        if (received < expected()) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "%,d of %,d spans dropped or never made (%.2f per root instead of %d)",
                    expected() - received,
                    expected(),
                    (double) received / roots,
                    spansPerRoot));
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "%,d spans more than the %,d expected (%.2f per root instead of %d)",
                received - expected(),
                expected(),
                (double) received / roots,
                spansPerRoot));
    }
}
