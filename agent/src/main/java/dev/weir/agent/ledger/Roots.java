package dev.weir.agent.ledger;

import dev.weir.agent.context.Identity;
import dev.weir.agent.context.Root;
import dev.weir.bootstrap.CallFacts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The roots that are known outside by an id, so that a request that is made again finds what it did before. Bounded; the
 * one that was used longest ago goes first.
 */
public final class Roots implements Root.Evictions {

    private record Id(long high, long low) {}

    private final Identity identity;
    private final int most;
    private final LinkedHashMap<Id, Root> known = new LinkedHashMap<>(64, 0.75f, true);
    private final AtomicLong evictedRoots = new AtomicLong();
    private final AtomicLong evictedOperations = new AtomicLong();

    /** @param most how many roots are remembered */
    public Roots(Identity identity, int most) {
        this.identity = identity;
        this.most = most;
    }

    /** The root of that id; the same one as long as it is remembered. */
    public synchronized Root of(CallFacts.Kind kind, long idHigh, long idLow) {
        Id id = new Id(idHigh, idLow);
        Root root = known.get(id);
        if (root == null) {
            root = identity.root(kind, idHigh, idLow, this);
            if (known.size() >= most) {
                Map.Entry<Id, Root> eldest = known.entrySet().iterator().next();
                known.remove(eldest.getKey());
                evictedRoots.incrementAndGet();
            }
            known.put(id, root);
        }
        return root;
    }

    @Override
    public void evicted() {
        evictedOperations.incrementAndGet();
    }

    /** How many roots were forgotten because there were too many. */
    public long evictedRoots() {
        return evictedRoots.get();
    }

    /** How many operations were forgotten because there were too many under one root. */
    public long evictedOperations() {
        return evictedOperations.get();
    }
}
