package dev.weir.agent.ledger;

import java.util.concurrent.ThreadLocalRandom;

/**
 * What each destination can take: not before a moment that it names, no faster than it took them, and so many at once as
 * its latency bears.
 *
 * <p>A pace, not a quota for each window: two windows meet, and what was let through at the end of one and the beginning
 * of the next would be too much together. Source of the pace: the generic cell rate algorithm (ITU-T I.371).
 */
public final class Pressure {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    /** A little slower than the destination took them. */
    private static final double CAUTION = 0.9;
    /** After so many times what it took without a complaint it is tried with one more, or a tenth more. */
    private static final int PATIENCE = 10;

    private static final long WHEN_FULL = 20 * MILLI;

    private static final class Gate {
        final ConcurrencyLimit limit;
        final RecentCounts granted = new RecentCounts();
        int inFlight;
        boolean pressed;
        /** Nothing goes before this moment; meaningless until {@link #pressed}. */
        long notBeforeNanos;

        /** How many it takes in {@link #windowNanos}; 0 as long as that is not known. */
        int took;

        long spacingNanos;
        int withoutComplaint;
        // What was let through in the time that the destination named, and how much of that it refused.
        long windowNanos;
        int grantedInBurst;
        int refusedInBurst;
        int mostToTake;

        Gate(ConcurrencyLimit limit) {
            this.limit = limit;
        }
    }

    private final PerDestination<Gate> gates;

    /** @param destinations how many are remembered */
    public Pressure(ConcurrencyLimit.Algorithm algorithm, int destinations) {
        this.gates = new PerDestination<>(destinations) {
            @Override
            Gate begin() {
                return new Gate(algorithm.create());
            }
        };
    }

    /**
     * Whether a call may begin now; then it counts as in flight until {@link #ended} or {@link #dropped}.
     *
     * @param canWait whether the call can be made to wait; what would have to be refused instead needs better reasons
     * @return 0 when it may, else in how many nanoseconds it is worth asking again, jittered
     */
    public long wait(String destination, boolean canWait, long nowNanos) {
        Gate gate = gates.of(destination);
        synchronized (gate) {
            if (gate.pressed) {
                long wait = gate.notBeforeNanos - nowNanos;
                if (wait > 0) return wait + jitter(wait / 5, gate.spacingNanos);
            }
            if (gate.inFlight >= gate.limit.most() && (canWait || gate.limit.isProven())) {
                return WHEN_FULL + jitter(WHEN_FULL, 0);
            }
            if (gate.pressed) {
                gate.notBeforeNanos = nowNanos + gate.spacingNanos;
                if (gate.took > 0 && ++gate.withoutComplaint >= PATIENCE * gate.took)
                    pace(gate, gate.took + Math.max(1, gate.took / 10));
            }
            gate.inFlight++;
            gate.granted.add(nowNanos);
            return 0;
        }
    }

    /** Who was told to wait together must not come back together. */
    private static long jitter(long share, long spacingNanos) {
        long most = Math.max(MILLI, Math.min(SECOND, Math.max(share, spacingNanos)));
        return ThreadLocalRandom.current().nextLong(most);
    }

    /** A call that was let through is over. */
    public void ended(String destination, long tookNanos, boolean good) {
        Gate gate = gates.of(destination);
        synchronized (gate) {
            gate.limit.ended(tookNanos, gate.inFlight, !good);
            gate.inFlight = Math.max(0, gate.inFlight - 1);
        }
    }

    /** A call that was let through has not taken place. */
    public void dropped(String destination) {
        Gate gate = gates.of(destination);
        synchronized (gate) {
            gate.inFlight = Math.max(0, gate.inFlight - 1);
        }
    }

    /**
     * The destination refused a call because there were too many.
     *
     * @param forNanos how long it wants none at all; 0 when it does not say
     * @return whether this is news, and not the echo of calls that were under way already
     */
    public boolean refused(String destination, long forNanos, long nowNanos) {
        Gate gate = gates.of(destination);
        synchronized (gate) {
            boolean news = !gate.pressed || nowNanos - gate.notBeforeNanos >= 0 || gate.refusedInBurst == 0;
            if (news) {
                gate.windowNanos = Math.max(SECOND, forNanos);
                gate.grantedInBurst = gate.granted.within(gate.windowNanos, nowNanos);
                gate.refusedInBurst = 0;
                // Less than what it has just complained about, in any case.
                gate.mostToTake = gate.took == 0 ? Integer.MAX_VALUE : Math.max(1, gate.took * 4 / 5);
            }
            gate.refusedInBurst++;
            // It took so many and no more: that is its pace. When it took none, others use it up, and nothing is
            // learnt.
            int took = Math.min(gate.mostToTake, gate.grantedInBurst - gate.refusedInBurst);
            if (took > 0) pace(gate, took);
            else if (gate.took > 0) pace(gate, gate.mostToTake);
            pause(gate, forNanos > 0 ? forNanos : SECOND, nowNanos);
            return news;
        }
    }

    /** The destination says that it will take no more calls for so long. */
    public void exhausted(String destination, long forNanos, long nowNanos) {
        Gate gate = gates.of(destination);
        synchronized (gate) {
            pause(gate, forNanos, nowNanos);
        }
    }

    private static void pace(Gate gate, int took) {
        gate.took = took;
        gate.withoutComplaint = 0;
        gate.spacingNanos = (long) (gate.windowNanos / (took * CAUTION));
    }

    private static void pause(Gate gate, long forNanos, long nowNanos) {
        long until = nowNanos + forNanos;
        if (gate.pressed && until - gate.notBeforeNanos <= 0) return;
        gate.pressed = true;
        gate.notBeforeNanos = until;
    }

    /** Whether as many calls are in flight as may be. */
    public boolean isFull(String destination) {
        Gate gate = gates.of(destination);
        synchronized (gate) {
            return gate.inFlight >= gate.limit.most();
        }
    }

    /** How many calls are in flight. */
    public int inFlight(String destination) {
        Gate gate = gates.of(destination);
        synchronized (gate) {
            return gate.inFlight;
        }
    }
}
