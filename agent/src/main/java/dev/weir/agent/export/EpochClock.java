package dev.weir.agent.export;

/** Moments since the epoch from the monotonic clock, so that one thread never sees time go back. */
public final class EpochClock {

    private volatile long offsetNanos;

    public EpochClock() {
        adjust();
    }

    /** Follows the wall clock again; for a thread that does so now and then. */
    public void adjust() {
        offsetNanos = System.currentTimeMillis() * 1_000_000 - System.nanoTime();
    }

    /** Nanoseconds since the epoch at a moment of {@link System#nanoTime}. */
    public long epochNanos(long nanoTime) {
        return nanoTime + offsetNanos;
    }
}
