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

    /** Of the last {@value} warm-up batches no time per operation may differ from their median by more than 10 %. */
    static final int STABLE_BATCHES = 4;

    static Pace full() {
        return new Pace(25, 100, 10, 5, 3, 9);
    }

    static Pace quick() {
        return new Pace(25, 100, 5, 4, 2, 4);
    }

    /** A few requests: that everything works, not what it costs. */
    static Pace smoke() {
        return new Pace(5, 20, 2, 2, 0, 0);
    }
}
