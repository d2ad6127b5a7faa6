package dev.weir.benchmark;

/**
 * How fast and how long one process is driven.
 *
 * <p>Requests come in bursts at a fixed rate that is the same for every agent, far below what any exporter can send.
 */
record Pace(
        int rootsPerBurst,
        int burstMillis,
        int burstsPerBatch,
        int batches,
        int minimumWarmUpSeconds,
        int maximumWarmUpSeconds) {

    /** So many warm-up batches in a row must have taken the same time. */
    static final int STABLE_BATCHES = 4;

    /** How far each may be from their median. */
    static final double SAME_TIME = 0.10;

    /** What share of the program's own CPU the JIT compiler may still use. */
    static final double COMPILER_AT_REST = 0.10;

    static Pace full() {
        return new Pace(25, 100, 10, 3, 3, 5);
    }

    /** As long as it takes, for an hour that is spent on a few lines. */
    static Pace patient() {
        return new Pace(25, 100, 10, 5, 3, 20);
    }

    static Pace quick() {
        return new Pace(25, 100, 5, 3, 1, 1);
    }

    /** A few requests: that everything works, not what it costs. */
    static Pace smoke() {
        return new Pace(5, 20, 2, 2, 0, 0);
    }

    /** Most runs use up the time that they have to warm up. */
    double expectedSeconds() {
        return maximumWarmUpSeconds + batches * burstsPerBatch * burstMillis / 1e3;
    }
}
