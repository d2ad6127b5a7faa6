package dev.weir.agent.ledger;

import java.util.concurrent.ThreadLocalRandom;

/**
 * What each destination says it can take: not before a moment, so many in a time, so many at once. Until it asks for
 * fewer calls, nothing holds them back.
 */
public final class Pressure {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    /** How many windows without a complaint let the rate grow by a tenth. */
    private static final int PATIENCE = 10;

    private static final class Gate {
        final ConcurrencyLimit limit;
        int inFlight;
        /** Nothing goes before this moment; meaningless until {@link #pressed}. */
        long notBeforeNanos;

        boolean pressed;

        // The rate that the destination took before it complained.
        long windowNanos = SECOND;
        double perWindow = Double.POSITIVE_INFINITY;
        long windowStart;
        int grantedInWindow;
        int grantedInLastWindow;
        int quietWindows;
        /** What was let through before the destination complained, and how much of that it refused. */
        int grantedInBurst;

        int refusedInBurst;

        Gate(ConcurrencyLimit limit) {
            this.limit = limit;
        }
    }

    private final PerDestination<Gate> gates;

    /** @param destinations how many are remembered */
    public Pressure(ConcurrencyLimit.Algorithm algorithm, int destinations) {
        this.gates = new PerDestination<>(destinations, () -> new Gate(algorithm.create()));
    }

    /**
     * Whether a call may begin now; then it counts as in flight until {@link #ended} or {@link #dropped}.
     *
     * @return 0 when it may, else in how many nanoseconds it is worth asking again, jittered
     */
    public long wait(String destination, long nowNanos) {
        Gate gate = gates.of(destination);
        synchronized (gate) {
            roll(gate, nowNanos);
            long wait = 0;
            if (gate.pressed) {
                wait = gate.notBeforeNanos - nowNanos;
                if (wait <= 0 && gate.grantedInWindow >= Math.max(1, (long) gate.perWindow)) {
                    wait = gate.windowStart + gate.windowNanos - nowNanos;
                }
                if (wait <= 0 && gate.inFlight >= gate.limit.most()) wait = 20 * MILLI;
            }
            if (wait > 0) return wait + jitter(wait);
            gate.inFlight++;
            gate.grantedInWindow++;
            return 0;
        }
    }

    /** Who was told to wait together must not come back together. */
    private static long jitter(long nanos) {
        long most = Math.max(MILLI, Math.min(nanos / 5, SECOND));
        return ThreadLocalRandom.current().nextLong(most);
    }

    private static void roll(Gate gate, long nowNanos) {
        long since = nowNanos - gate.windowStart;
        if (since < gate.windowNanos) return;
        boolean used = gate.grantedInWindow >= gate.perWindow * 0.8;
        gate.grantedInLastWindow = since < 2 * gate.windowNanos ? gate.grantedInWindow : 0;
        gate.windowStart = nowNanos;
        gate.grantedInWindow = 0;
        if (used && ++gate.quietWindows >= PATIENCE) {
            gate.quietWindows = 0;
            gate.perWindow += Math.max(1, gate.perWindow / 10);
        }
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
            gate.grantedInWindow = Math.max(0, gate.grantedInWindow - 1);
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
            boolean news = !gate.pressed || nowNanos - gate.notBeforeNanos >= 0;
            if (news) {
                roll(gate, nowNanos);
                gate.grantedInBurst = gate.grantedInWindow + gate.grantedInLastWindow;
                gate.refusedInBurst = 0;
                gate.windowNanos = Math.max(SECOND, forNanos);
            }
            gate.refusedInBurst++;
            gate.quietWindows = 0;
            // It took so many and no more: that is its rate, in the time that it names.
            gate.perWindow = Math.max(1, Math.min(gate.perWindow, gate.grantedInBurst - (double) gate.refusedInBurst));
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

    private static void pause(Gate gate, long forNanos, long nowNanos) {
        long until = nowNanos + forNanos;
        if (gate.pressed && until - gate.notBeforeNanos <= 0) return;
        gate.pressed = true;
        gate.notBeforeNanos = until;
        gate.windowStart = until;
        gate.grantedInWindow = 0;
        gate.grantedInLastWindow = 0;
    }

    /** How many calls are in flight. */
    public int inFlight(String destination) {
        Gate gate = gates.of(destination);
        synchronized (gate) {
            return gate.inFlight;
        }
    }
}
