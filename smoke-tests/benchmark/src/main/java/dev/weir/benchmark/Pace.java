package dev.weir.benchmark;

/**
 * How long the processes of one line are driven. Requests follow each other as fast as exporters can send.
 *
 * @param warmUpTurns at most, of calls to others, if the JIT compiler does not come to rest before
 * @param countedTurns those during which the least of the machine was taken away
 */
record Pace(int rootsPerBurst, int turnMillis, int warmUpTurns, int turns, int countedTurns) {

    static Pace full() {
        return new Pace(25, 100, 60, 15, 9);
    }

    static Pace quick() {
        return new Pace(25, 100, 30, 10, 6);
    }

    /** A few requests: that everything works, not what it costs. */
    static Pace smoke() {
        return new Pace(5, 20, 1, 2, 1);
    }

    long warmUpSeconds() {
        return (long) warmUpTurns * turnMillis / 1_000;
    }

    /** The same after another longest warm-up of each process, in seconds. */
    Pace warmedUp(long seconds) {
        return new Pace(rootsPerBurst, turnMillis, (int) (seconds * 1_000 / turnMillis), turns, countedTurns);
    }

    /** With files and threads the compiler is done sooner: a shorter way, gone more often. */
    int warmUpTurns(Line line) {
        return line.kind().isCall() ? warmUpTurns : (warmUpTurns + 1) / 2;
    }

    /** A turn ends with the burst that it is in. */
    double expectedSeconds(Line line) {
        return 1.2 * (warmUpTurns(line) + turns) * turnMillis / 1e3;
    }
}
