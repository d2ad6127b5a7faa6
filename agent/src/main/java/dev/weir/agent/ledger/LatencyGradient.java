package dev.weir.agent.ledger;

/**
 * Follows the ratio of the usual latency to the present one: when calls take longer than they used to, they queue over
 * there, and fewer should be in flight.
 *
 * <p>Source: the Gradient2 limit of Netflix' concurrency-limits; L. Brakmo and L. Peterson, TCP Vegas (1995).
 */
final class LatencyGradient implements ConcurrencyLimit {

    private static final int START = 20;
    private static final int MOST = 1_000;
    private static final double TOLERANCE = 1.5;
    private static final double SMOOTHING = 0.2;
    private static final double USUAL_WEIGHT = 1.0 / 600;
    private static final double PRESSED = 0.5;

    private double most = START;
    private double usualNanos;
    private boolean wasPressed;

    @Override
    public int most() {
        return wasPressed ? Math.max(1, (int) most) : Integer.MAX_VALUE;
    }

    @Override
    public void ended(long nanos, int inFlight, boolean pressed) {
        if (pressed) {
            if (!wasPressed) most = Math.max(1, Math.min(most, inFlight));
            wasPressed = true;
            most = Math.max(1, most * (1 - SMOOTHING) + most * PRESSED * SMOOTHING);
            return;
        }
        usualNanos = usualNanos == 0 ? nanos : usualNanos * (1 - USUAL_WEIGHT) + nanos * USUAL_WEIGHT;
        if (!wasPressed || inFlight < most / 2) return;
        double gradient = Math.max(0.5, Math.min(1, TOLERANCE * usualNanos / Math.max(1, nanos)));
        double queue = Math.sqrt(most);
        double next = most * gradient + queue;
        most = Math.max(1, Math.min(MOST, most * (1 - SMOOTHING) + next * SMOOTHING));
    }
}
