package dev.weir.agent.export;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How often and how patiently a batch is sent again.
 *
 * @param sends at most, the first included
 * @param firstMillis before the second; doubled for each further one
 * @param mostMillis that a collector's own wish is followed for
 */
record Backoff(int sends, long firstMillis, long mostMillis) {

    static final Backoff STANDARD = new Backoff(5, 1_000, 300_000);

    /** The wait after so many sends, between 0.8 and 1.2 times its nominal length so that a fleet does not knock at once. */
    long millis(int sent) {
        long nominal = firstMillis << (sent - 1);
        return (long) (nominal * (0.8 + 0.4 * ThreadLocalRandom.current().nextDouble()));
    }
}
