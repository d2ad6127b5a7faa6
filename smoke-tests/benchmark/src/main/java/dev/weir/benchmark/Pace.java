package dev.weir.benchmark;

/** How long the processes of one line are driven. Requests follow each other as fast as exporters can send. */
record Pace(
        int rootsPerBurst,
        int burstsPerWarmUpBatch,
        int turnMillis,
        int turns,
        int countedTurns,
        int minimumWarmUpSeconds,
        int maximumWarmUpSeconds) {

    /** So many warm-up batches in a row must have taken the same time. */
    static final int STABLE_BATCHES = 4;

    /** How far each may be from their median. */
    static final double SAME_TIME = 0.10;

    /** What share of the program's own CPU the JIT compiler may still use. */
    static final double COMPILER_AT_REST = 0.10;

    static Pace full() {
        return new Pace(25, 10, 200, 15, 9, 3, 5);
    }

    /** As long as it takes, for an hour that is spent on a few lines. */
    static Pace patient() {
        return new Pace(25, 10, 200, 30, 18, 3, 20);
    }

    static Pace quick() {
        return new Pace(25, 5, 200, 7, 5, 1, 1);
    }

    /** A few requests: that everything works, not what it costs. */
    static Pace smoke() {
        return new Pace(5, 2, 20, 2, 1, 0, 0);
    }

    /** Most runs use up the time that they have to warm up. */
    double expectedSeconds() {
        return maximumWarmUpSeconds + turns * turnMillis / 1e3;
    }
}
