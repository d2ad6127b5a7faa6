package dev.weir.agent.ledger;

/**
 * Additive increase, multiplicative decrease: one more for each round of good answers, a third fewer after a bad one.
 *
 * <p>Source: D. Chiu and R. Jain, Analysis of the Increase and Decrease Algorithms for Congestion Avoidance (1989); the
 * congestion avoidance of TCP (RFC 5681).
 */
final class AdditiveIncrease implements ConcurrencyLimit {

    private static final double DECREASE = 2.0 / 3;
    private static final double LOST_INTEREST = 1_000;

    private double most = Double.POSITIVE_INFINITY;
    private int answersToIgnore;

    @Override
    public int most() {
        return most == Double.POSITIVE_INFINITY ? Integer.MAX_VALUE : Math.max(1, (int) most);
    }

    @Override
    public boolean isProven() {
        return most != Double.POSITIVE_INFINITY;
    }

    @Override
    public void ended(long nanos, int inFlight, boolean pressed) {
        if (pressed) {
            // What was in flight together fails together: that is one signal, not many.
            if (answersToIgnore > 0) {
                answersToIgnore--;
                return;
            }
            most = Math.max(1, Math.min(most, inFlight) * DECREASE);
            answersToIgnore = inFlight - 1;
            return;
        }
        if (answersToIgnore > 0) answersToIgnore--;
        if (most == Double.POSITIVE_INFINITY) return;
        // Only who uses what there is learns whether there could be more.
        if (inFlight >= most / 2) most += 1 / most;
        if (most > LOST_INTEREST) most = Double.POSITIVE_INFINITY;
    }
}
