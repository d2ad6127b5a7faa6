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
    private static final int MOST_FACETS = 500;
    private static final int MOST_ELSEWHERE = 200;
    /** How many texts are remembered that pages search for again and again. */
    private static final int MOST_SEARCHES = 8;

    private final int maxTraces;
    private final long maxBytes;
    private final LongSupplier clock;

    /** In order of the last news. */
    private final LinkedHashMap<String, Chain> chains = new LinkedHashMap<>();

    private final Set<Chain> unprinted = new LinkedHashSet<>();
    private final Map<Resource, Resource> resources = new HashMap<>();
    private final ChainIndex byService = new ChainIndex();
    private final ChainIndex byKey = new ChainIndex();
    private final ChainIndex byLinkedTrace = new ChainIndex();
    private final Map<String, TextSearch> searches = new LinkedHashMap<>(8, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TextSearch> eldest) {
            return size() > MOST_SEARCHES;
        }
    };
    private long changes;
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

    /** Chains that a reader asked for, and the services whose chains it could ask for. */
    record Found(List<Chain.Summary> chains, List<String> services) {}

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
        changes++;
        Chain chain = chains.get(span.traceId());
        if (chain != null) {
            chain.version = changes;
        }
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
        chain.version = changes;
        chain.lastNews = now;
        index(span, chain);
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

    private void index(Span span, Chain chain) {
        String service = span.resource().service();
        if (chain.touches(service)) byService.add(service, chain);
        Object key = span.attribute(SpanLine.KEY);
        if (key != null) byKey.add(key.toString(), chain);
        for (Span.Link link : span.links()) {
            if (link.traceId().equals(chain.id)) continue;
            byLinkedTrace.add(link.traceId(), chain);
            Chain linked = chains.get(link.traceId());
            if (linked != null) linked.version = changes;
        }
    }

    private void forget(Chain chain) {
        byService.remove(chain.services(), chain);
        byKey.remove(chain.keys(), chain);
        byLinkedTrace.remove(chain.linkedTraces(), chain);
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
    Found recent(int limit, ChainFilter filter) {
        List<TextSearch.Candidate> candidates;
        List<String> services;
        TextSearch search;
        synchronized (this) {
            services = byService.values(MOST_FACETS);
            List<Chain> chosen = chains.values().stream()
                    .filter(filter::accepts)
                    .sorted(Comparator.comparingLong((Chain chain) -> chain.arrival)
                            .reversed())
                    .limit(filter.searchesText() ? Long.MAX_VALUE : limit)
                    .toList();
            if (!filter.searchesText()) {
                return new Found(chosen.stream().map(Chain::summary).toList(), services);
            }
            search = searches.computeIfAbsent(String.valueOf(filter.text()), text -> new TextSearch(filter));
            candidates = search.candidates(chosen);
        }
        return new Found(search.among(candidates, limit), services);
    }

    /** Grows with every span that came and every chain that went. */
    synchronized long changes() {
        return changes;
    }

    /** What {@link Chain#version} is, or -1 where the chain is not here. */
    synchronized long version(String traceId) {
        Chain chain = chains.get(traceId);
        return chain == null ? -1 : chain.version;
    }

    /** Spans that carry an idempotency key. */
    synchronized List<Chain.Elsewhere> withKey(String key) {
        return byKey.of(key).stream()
                .flatMap(chain -> chain.withKey(key).stream())
                .limit(MOST_ELSEWHERE)
                .toList();
    }

    /** Spans of other chains that link to this one. */
    synchronized List<Chain.Elsewhere> linkedTo(String traceId) {
        return byLinkedTrace.of(traceId).stream()
                .flatMap(chain -> chain.linkedTo(traceId).stream())
                .limit(MOST_ELSEWHERE)
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
