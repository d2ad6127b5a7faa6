package dev.weir.agent.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered for each destination. Bounded; of those that were not used of late, the one that came first goes
 * first.
 */
abstract class PerDestination<T> {

    private static final int SLOTS = 64;

    private static final class Known<T> {
        final String destination;
        final T state;
        /** Once more after it came, and since the last time that somebody had to go. */
        boolean used;

        volatile boolean forgotten;

        Known(String destination, T state) {
            this.destination = destination;
            this.state = state;
        }
    }

    private final int most;
    private final Map<String, Known<T>> known = new LinkedHashMap<>();
    /** Most programs call a few destinations again and again, several times for each call: without a lock. */
    private final AtomicReferenceArray<@Nullable Known<T>> recent = new AtomicReferenceArray<>(SLOTS);

    /** @param most how many destinations are remembered */
    PerDestination(int most) {
        this.most = most;
    }

    /** A new beginning. */
    abstract T begin();

    /** A destination goes. */
    void forgotten(String destination) {}

    /** What is remembered, or a new beginning. */
    final T of(String destination) {
        // A string remembers its hash.
        int hash = destination.hashCode();
        int slot = (hash ^ hash >>> 16) & (SLOTS - 1);
        Known<T> last = recent.get(slot);
        if (last != null && last.destination.equals(destination) && !last.forgotten) {
            if (!last.used) last.used = true;
            return last.state;
        }
        Known<T> found = find(destination);
        recent.set(slot, found);
        return found.state;
    }

    private synchronized Known<T> find(String destination) {
        Known<T> found = known.get(destination);
        if (found == null) {
            if (known.size() >= most) forgetOne();
            found = new Known<>(destination, begin());
            known.put(destination, found);
        } else {
            found.used = true;
        }
        return found;
    }

    /** Source: F. J. Corbato, "A Paging Experiment with the Multics System" (the clock, or second chance). */
    private void forgetOne() {
        while (true) {
            Known<T> eldest = known.values().iterator().next();
            known.remove(eldest.destination);
            if (!eldest.used) {
                eldest.forgotten = true;
                forgotten(eldest.destination);
                return;
            }
            eldest.used = false;
            known.put(eldest.destination, eldest);
        }
    }
}
