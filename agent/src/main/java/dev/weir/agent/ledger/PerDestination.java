package dev.weir.agent.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What is remembered for each destination. Bounded; the one that was used longest ago goes first. */
final class PerDestination<T> {

    private final Supplier<T> absent;
    private final Map<String, T> known;

    /** @param most how many destinations are remembered */
    PerDestination(int most, Supplier<T> absent) {
        this(most, absent, destination -> {});
    }

    /** @param forgotten hears of each destination that goes */
    PerDestination(int most, Supplier<T> absent, Consumer<String> forgotten) {
        this.absent = absent;
        this.known = new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
                if (size() <= most) return false;
                forgotten.accept(eldest.getKey());
                return true;
            }
        };
    }

    /** What is remembered, or a new beginning. */
    synchronized T of(String destination) {
        T state = known.get(destination);
        if (state == null) {
            state = absent.get();
            known.put(destination, state);
        }
        return state;
    }
}
