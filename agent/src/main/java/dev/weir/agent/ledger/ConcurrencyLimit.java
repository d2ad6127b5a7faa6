package dev.weir.agent.ledger;

/** How many calls to one destination may be in flight, learnt from how they end. */
public interface ConcurrencyLimit {

    /** At least 1; {@link Integer#MAX_VALUE} for as many as come. */
    int most();

    /** Whether the destination has ever failed under what it was asked: reason enough to refuse a call that cannot wait. */
    boolean isProven();

    /**
     * A call ended.
     *
     * @param nanos how long it took
     * @param inFlight how many were in flight, this one included
     * @param pressed whether the destination asked for fewer calls, or did not answer
     */
    void ended(long nanos, int inFlight, boolean pressed);

    /** Which one to use. */
    enum Algorithm {
        /** {@link AdditiveIncrease}. */
        AIMD,
        /** {@link LatencyGradient}. */
        GRADIENT,
        /** No limit. */
        OFF;

        /** A new one for one destination. */
        ConcurrencyLimit create() {
            return switch (this) {
                case AIMD -> new AdditiveIncrease();
                case GRADIENT -> new LatencyGradient();
                case OFF ->
                    new ConcurrencyLimit() {
                        @Override
                        public int most() {
                            return Integer.MAX_VALUE;
                        }

                        @Override
                        public boolean isProven() {
                            return false;
                        }

                        @Override
                        public void ended(long nanos, int inFlight, boolean pressed) {}
                    };
            };
        }
    }
}
