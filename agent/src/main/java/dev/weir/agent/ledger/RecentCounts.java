package dev.weir.agent.ledger;

/** How often something happened in each of the last 64 seconds. */
final class RecentCounts {

    private static final long SECOND = 1_000_000_000;
    private static final int SECONDS = 64;

    private final int[] counts = new int[SECONDS];
    private long newest = Long.MIN_VALUE;

    /** It happened now. */
    void add(long nowNanos) {
        roll(Math.floorDiv(nowNanos, SECOND));
        counts[(int) Math.floorMod(newest, (long) SECONDS)]++;
    }

    /** About how often it happened in a time until now, for at most 63 seconds. */
    int within(long nanos, long nowNanos) {
        roll(Math.floorDiv(nowNanos, SECOND));
        long seconds = Math.min(SECONDS - 1, (nanos + SECOND - 1) / SECOND);
        double sum = 0;
        for (long second = newest - seconds + 1; second <= newest; second++) sum += count(second);
        double ofTheOldest = 1 - Math.floorMod(nowNanos, SECOND) / (double) SECOND;
        return (int) Math.round(sum + ofTheOldest * count(newest - seconds));
    }

    private int count(long second) {
        return counts[(int) Math.floorMod(second, (long) SECONDS)];
    }

    private void roll(long second) {
        if (second <= newest) return;
        long from = newest == Long.MIN_VALUE ? second - SECONDS + 1 : Math.max(newest + 1, second - SECONDS + 1);
        for (long each = from; each <= second; each++) counts[(int) Math.floorMod(each, (long) SECONDS)] = 0;
        newest = second;
    }
}
