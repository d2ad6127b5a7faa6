package dev.weir.agent.cli.serve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Recent chains in bounded memory. The chain that has had no news for longest goes first. */
final class TraceStore {
    /** A chain whose root never comes (its first process is not traced) is shown after this many quiet periods. */
    static final int ROOTLESS_QUIET = 10;

    private static final int MOST_RESOURCES = 1_000;

    private final int maxTraces;
    private final long maxBytes;
    private final LongSupplier clock;

    /** In order of the last news. */
    private final LinkedHashMap<String, Chain> chains = new LinkedHashMap<>();

    private final Set<Chain> unprinted = new LinkedHashSet<>();
    private final Map<Resource, Resource> resources = new HashMap<>();
    private long arrivals;
    private long bytes;
    private int spans;
    private long received;
    private long duplicates;
    private long dropped;
    private long evictedTraces;
    private long evictedSpans;
    private long evictedUnprinted;

    TraceStore(int maxTraces, long maxBytes, LongSupplier clock) {
        this.maxTraces = maxTraces;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /** What the store holds and has let go. */
    record Totals(
            int traces,
            int spans,
            long bytes,
            long received,
            long duplicates,
            long dropped,
            long evictedTraces,
            long evictedSpans,
            long evictedUnprinted) {}

    @SuppressWarnings(
            "ReferenceEquality") // The spans of one request share their resource; hashing it for each is slow.
    synchronized void add(List<Span> batch) {
        long now = clock.getAsLong();
        Resource sent = null;
        Resource shared = Resource.UNKNOWN;
        for (Span span : batch) {
            long weight = span.weight();
            if (span.resource() != sent) {
                sent = span.resource();
                shared = shared(sent);
                weight += shared == sent ? sent.weight() : 0;
            }
            add(shared == sent ? span : span.from(shared), weight, now);
        }
    }

    private void add(Span span, long weight, long now) {
        received++;
        Chain chain = chains.get(span.traceId());
        if (chain != null && chain.has(span.spanId())) {
            chain.duplicate();
            duplicates++;
            return;
        }
        // One runaway chain must not push out all others.
        if ((chain == null ? 0 : chain.bytes) + weight > maxBytes / 2) {
            dropped++;
            if (chain != null) {
                chain.drop();
            }
            return;
        }
        if (chain == null) {
            chain = new Chain(span.traceId(), arrivals++);
        } else if (chain.lastNews != now) {
            chains.remove(chain.id);
        }
        chains.put(chain.id, chain);
        chain.add(span, weight);
        chain.lastNews = now;
        unprinted.add(chain);
        bytes += weight;
        spans++;
        Iterator<Chain> oldest = chains.values().iterator();
        while (chains.size() > maxTraces || bytes > maxBytes) {
            Chain evicted = oldest.next();
            if (evicted != chain) {
                oldest.remove();
                forget(evicted);
            }
        }
    }

    private void forget(Chain chain) {
        bytes -= chain.bytes;
        spans -= chain.size();
        evictedTraces++;
        evictedSpans += chain.size();
        if (unprinted.remove(chain)) {
            evictedUnprinted++;
        }
    }

    private Resource shared(Resource resource) {
        if (resources.size() >= MOST_RESOURCES) {
            resources.clear();
        }
        Resource known = resources.putIfAbsent(resource, resource);
        return known == null ? resource : known;
    }

    /** Chains with a root and without news for {@code quiet}, each once until more of it comes. */
    synchronized List<Chain.Snapshot> takeFinished(Duration quiet) {
        return take(quiet.toNanos(), quiet.toNanos() * ROOTLESS_QUIET);
    }

    /** Every chain with spans that have not been printed. */
    synchronized List<Chain.Snapshot> takeAll() {
        return take(Long.MIN_VALUE, Long.MIN_VALUE);
    }

    private List<Chain.Snapshot> take(long quiet, long quietWithoutRoot) {
        long now = clock.getAsLong();
        List<Chain.Snapshot> finished = new ArrayList<>();
        for (Iterator<Chain> each = unprinted.iterator(); each.hasNext(); ) {
            Chain chain = each.next();
            if (now - chain.lastNews >= (chain.rooted() ? quiet : quietWithoutRoot)) {
                each.remove();
                finished.add(chain.snapshot(chain.print()));
            }
        }
        return finished;
    }

    /** The newest first. */
    synchronized List<Chain.Summary> recent(int limit, @Nullable String service) {
        return chains.values().stream()
                .filter(chain -> service == null || chain.touches(service))
                .sorted(Comparator.comparingLong((Chain chain) -> chain.arrival).reversed())
                .limit(limit)
                .map(Chain::summary)
                .toList();
    }

    synchronized Chain.@Nullable Snapshot find(String traceId) {
        Chain chain = chains.get(traceId);
        return chain == null ? null : chain.snapshot(false);
    }

    synchronized Totals totals() {
        return new Totals(
                chains.size(),
                spans,
                bytes,
                received,
                duplicates,
                dropped,
                evictedTraces,
                evictedSpans,
                evictedUnprinted);
    }
}
