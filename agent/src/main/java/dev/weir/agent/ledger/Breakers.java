package dev.weir.agent.ledger;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker for each destination: closed until so many calls in a row have failed, then open for a while, then
 * half open for one probe, whose outcome decides.
 *
 * <p>Source: M. Nygard, Release It!, "Circuit Breaker".
 */
public final class Breakers {

    /** What an outcome changed. */
    public enum Change {
        /** Nothing. */
        NONE,
        /** The breaker opened. */
        OPENED,
        /** The probe failed: the breaker stays open. */
        REOPENED,
        /** The probe succeeded: the breaker is closed. */
        CLOSED
    }

    /** How a breaker stands. */
    public enum State {
        /** Calls may be made. */
        CLOSED(0),
        /** The next call, or one that is under way, is the probe. */
        HALF_OPEN(1),
        /** No calls may be made. */
        OPEN(2);

        private final long number;

        State(long number) {
            this.number = number;
        }

        /** How metrics tell it. */
        public long number() {
            return number;
        }
    }

    private static final class Breaker {
        boolean open;
        long openedNanos;
        int failuresInARow;
        long calls;

        @Nullable
        Object probe;
    }

    private final int failures;
    private final long minimumCalls;
    private final long openNanos;
    private final PerDestination<Breaker> breakers;
    /** Those that have ever opened: most destinations never do, and nobody needs to hear of them. */
    private final Map<String, Breaker> opened = new ConcurrentHashMap<>();

    /**
     * @param failures how many in a row open a breaker
     * @param minimumCalls how many calls a destination must have had before
     * @param openNanos how long a breaker stays open before a probe
     * @param destinations how many are remembered
     */
    public Breakers(int failures, long minimumCalls, long openNanos, int destinations) {
        this.failures = failures;
        this.minimumCalls = minimumCalls;
        this.openNanos = openNanos;
        this.breakers = new PerDestination<>(destinations) {
            @Override
            Breaker begin() {
                return new Breaker();
            }

            @Override
            void forgotten(String destination) {
                opened.remove(destination);
            }
        };
    }

    /**
     * Whether a call may be made. Where a probe is due, this call is it.
     *
     * @param call told apart by identity
     * @return 0 when it may, else the nanoseconds since the breaker opened, at least 1
     */
    public long openFor(String destination, Object call, long nowNanos) {
        Breaker breaker = breakers.of(destination);
        synchronized (breaker) {
            if (!breaker.open) return 0;
            long since = Math.max(1, nowNanos - breaker.openedNanos);
            if (since < openNanos || breaker.probe != null) return since;
            breaker.probe = call;
            return 0;
        }
    }

    /** A call is over. While the breaker is open only the probe counts. */
    public Change ended(String destination, Object call, boolean good, long nowNanos) {
        Breaker breaker = breakers.of(destination);
        synchronized (breaker) {
            if (breaker.open) return breaker.probe == call ? probed(breaker, good, nowNanos) : Change.NONE;
            breaker.calls++;
            if (good) {
                breaker.failuresInARow = 0;
                return Change.NONE;
            }
            if (++breaker.failuresInARow < failures || breaker.calls < minimumCalls) return Change.NONE;
            open(breaker, nowNanos);
        }
        opened.put(destination, breaker);
        // Forgotten meanwhile, it would be shown for ever.
        if (breakers.of(destination) != breaker) opened.remove(destination, breaker);
        return Change.OPENED;
    }

    private static Change probed(Breaker breaker, boolean good, long nowNanos) {
        if (!good) {
            open(breaker, nowNanos);
            return Change.REOPENED;
        }
        breaker.open = false;
        breaker.probe = null;
        breaker.failuresInARow = 0;
        breaker.calls = 0;
        return Change.CLOSED;
    }

    private static void open(Breaker breaker, long nowNanos) {
        breaker.open = true;
        breaker.openedNanos = nowNanos;
        breaker.probe = null;
    }

    /** Every breaker that has opened since this process began and is not forgotten. */
    public Map<String, State> opened(long nowNanos) {
        Map<String, State> states = new TreeMap<>();
        opened.forEach((destination, breaker) -> states.put(destination, state(breaker, nowNanos)));
        return states;
    }

    private State state(Breaker breaker, long nowNanos) {
        synchronized (breaker) {
            if (!breaker.open) return State.CLOSED;
            boolean probing = breaker.probe != null || nowNanos - breaker.openedNanos >= openNanos;
            return probing ? State.HALF_OPEN : State.OPEN;
        }
    }

    /** A call has not taken place, or nobody can tell how it ended: if it was the probe, the next one is. */
    public void dropped(String destination, Object call) {
        Breaker breaker = breakers.of(destination);
        synchronized (breaker) {
            if (breaker.probe == call) breaker.probe = null;
        }
    }
}
