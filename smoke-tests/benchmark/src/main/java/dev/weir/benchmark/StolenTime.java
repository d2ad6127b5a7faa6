package dev.weir.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What share of this machine's CPU time its hypervisor gave to other machines, by Linux's {@code /proc/stat}.
 *
 * <p>A stolen core makes a program ten times slower, and the program cannot tell.
 */
final class StolenTime {

    /** From this share on, a batch says more about the neighbours than about the program. */
    static final double TOO_MUCH = 0.02;

    /** Column of {@code steal}, in man 5 proc the eighth; behind it are times that others contain already. */
    private static final int STEAL = 8;

    private final Path stat;
    private long lastStolen;
    private long lastAll;

    StolenTime() throws IOException {
        this(Path.of("/proc/stat"));
    }

    StolenTime(Path stat) throws IOException {
        this.stat = stat;
        advance();
    }

    /** The share since the last call; 0 on a machine that does not say. */
    double advance() throws IOException {
        String line = Files.readString(stat);
        String[] ticks = line.substring(0, line.indexOf('\n')).split(" +");
        long all = 0;
        for (int i = 1; i <= STEAL && i < ticks.length; i++) all += Long.parseLong(ticks[i]);
        long stolen = ticks.length > STEAL ? Long.parseLong(ticks[STEAL]) : 0;
        double share = all == lastAll ? 0 : (double) (stolen - lastStolen) / (all - lastAll);
        lastStolen = stolen;
        lastAll = all;
        return share;
    }
}
