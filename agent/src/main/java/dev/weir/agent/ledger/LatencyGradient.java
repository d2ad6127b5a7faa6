package dev.weir.agent.ledger;

/**
 * Follows the ratio of the usual latency to the present one: when calls take longer than they used to, they queue over
 * there, and fewer should be in flight. So it holds back before anything has failed.
 *
 * <p>Source: the Gradient2 limit of Netflix' concurrency-limits; L. Brakmo and L. Peterson, TCP Vegas (1995).
 */
final class LatencyGradient implements ConcurrencyLimit {

    private static final int START = 20;
    private static final int MOST = 1_000;
    private static final double TOLERANCE = 1.5;
    private static final double SMOOTHING = 0.2;
    private static final double USUAL_WEIGHT = 1.0 / 600;
    /** The first calls of a JVM take long for reasons of its own: that is not what is usual. */
    private static final double RECOVERY = 0.95;

    private static final double STEEPEST = 0.5;

    private double most = START;
    private double usualNanos;
    private boolean wasPressed;

    @Override
    public int most() {
        return Math.max(1, (int) most);
    }

    @Override
    public boolean isProven() {
        return wasPressed;
    }

    @Override
    public void ended(long nanos, int inFlight, boolean pressed) {
        if (pressed) {
            wasPressed = true;
            follow(STEEPEST);
            return;
        }
        usualNanos = usualNanos == 0 ? nanos : usualNanos * (1 - USUAL_WEIGHT) + nanos * USUAL_WEIGHT;
        if (usualNanos > 2.0 * nanos) usualNanos *= RECOVERY;
        if (inFlight < most / 2) return;
        follow(Math.max(STEEPEST, Math.min(1, TOLERANCE * usualNanos / Math.max(1, nanos))));
    }

    private void follow(double gradient) {
        double queue = Math.sqrt(most);
        double next = most * gradient + queue;
        most = Math.max(1, Math.min(MOST, most * (1 - SMOOTHING) + next * SMOOTHING));
    }
}
