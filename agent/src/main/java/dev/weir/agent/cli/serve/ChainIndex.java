package dev.weir.agent.cli.serve;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds chains by something that their spans share with spans of other chains. Guarded by its {@link TraceStore}. */
final class ChainIndex {
    private final Map<String, Set<Chain>> chains = new HashMap<>();

    void add(String shared, Chain chain) {
        chains.computeIfAbsent(shared, value -> new LinkedHashSet<>(2)).add(chain);
    }

    void remove(Collection<String> shared, Chain chain) {
        for (String each : shared) {
            Set<Chain> holders = chains.get(each);
            if (holders != null && holders.remove(chain) && holders.isEmpty()) chains.remove(each);
        }
    }

    Collection<Chain> of(String shared) {
        return chains.getOrDefault(shared, Set.of());
    }

    /** At most {@code most} of the values that are shared, sorted. */
    List<String> values(int most) {
        return chains.keySet().stream().limit(most).sorted().toList();
    }
}
