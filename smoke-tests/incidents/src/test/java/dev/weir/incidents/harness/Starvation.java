package dev.weir.incidents.harness;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Says whether this machine had CPU to spare while something ran: how often a thread that wanted to go on after a few
 * milliseconds had to wait for its turn.
 */
public final class Starvation implements AutoCloseable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final double TOO_OFTEN = 0.05;

    private final AtomicInteger pauses = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();
    private final Thread probe = new Thread(this::probe, "starvation");
    private volatile boolean over;

    private Starvation() {
        probe.setDaemon(true);
        probe.start();
    }

    /** Measures until it is closed. */
    public static Starvation measured() {
        return new Starvation();
    }

    private void probe() {
        while (!over) {
            long began = System.nanoTime();
            try {
                TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
            } catch (InterruptedException e) {
                return;
            }
            pauses.incrementAndGet();
            if (System.nanoTime() - began - PAUSE_NANOS > LATE_NANOS) late.incrementAndGet();
        }
    }

    /** The share of pauses that took much longer than asked for. */
    public double share() {
        return (double) late.get() / Math.max(1, pauses.get());
    }

    /** Whether anything that goes by the clock proves nothing. */
    public boolean found() {
        return share() > TOO_OFTEN;
    }

    @Override
    public void close() {
        over = true;
        probe.interrupt();
    }
}
