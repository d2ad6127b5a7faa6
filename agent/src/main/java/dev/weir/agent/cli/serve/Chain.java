package dev.weir.agent.cli.serve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The spans of one trace that have arrived so far, with running totals. Guarded by its {@link TraceStore}. */
final class Chain {
    private static final int MOST_RULES = 64;
    private static final int MOST_SERVICES = 256;
    private static final int MOST_SESSIONS = 64;
    /** How many spans of one idempotency key, or with a link to one other chain, are told to a reader. */
    private static final int MOST_SHARING = 100;

    final String id;
    final long arrival;
    long lastNews;
    long bytes;
    /** Grows with everything that a reader of this chain could see. */
    long version;

    private final Map<String, Span> spans = new LinkedHashMap<>();
    private final Set<String> services = new TreeSet<>();
    private final Set<String> processes = new TreeSet<>();
    private final Set<String> sessions = new TreeSet<>();
    private final Map<String, Map<String, Integer>> verdicts = new TreeMap<>();
    private final Map<String, List<Span>> byKey = new HashMap<>();
    private final Map<String, List<Span>> byLinkedTrace = new HashMap<>();
    private @Nullable Span root;
    private @Nullable Span earliest;
    private int roots;
    private long latestEnd = Long.MIN_VALUE;
    private int errors;
    private int duplicates;
    private int droppedSpans;
    private boolean printed;

    Chain(String id, long arrival) {
        this.id = id;
        this.arrival = arrival;
    }

    /** What a list of chains shows of one; {@code start} and {@code duration} in nanoseconds. */
    record Summary(
            String id,
            String root,
            String label,
            boolean rooted,
            List<String> services,
            int processes,
            long start,
            long duration,
            int spans,
            int errors,
            Map<String, Map<String, Integer>> verdicts,
            @Nullable Object amplification,
            @Nullable Object attempts,
            @Nullable Object operations,
            int duplicates,
            int droppedSpans,
            List<String> sessions) {}

    /** A chain as it was at one moment. */
    record Snapshot(Summary summary, List<Span> spans, boolean update) {}

    /** A span of another chain, and what the root of that chain is called. */
    record Elsewhere(Span span, String root) {}

    boolean has(String spanId) {
        return spans.containsKey(spanId);
    }

    void duplicate() {
        duplicates++;
    }

    void drop() {
        droppedSpans++;
    }

    void add(Span span, long weight) {
        spans.put(span.spanId(), span);
        bytes += weight;
        if (span.failed()) {
            errors++;
        }
        if (span.parentId() == null) {
            roots++;
            root = root == null || span.start() < root.start() ? span : root;
        }
        earliest = earliest == null || span.start() < earliest.start() ? span : earliest;
        latestEnd = Math.max(latestEnd, span.end());
        if (services.size() < MOST_SERVICES) {
            services.add(span.resource().service());
        }
        if (processes.size() < MOST_SERVICES) {
            processes.add(span.resource().service() + '\0' + span.resource().pid());
        }
        Object session = span.attribute(SpanLine.SESSION);
        session = session == null ? span.attribute("gen_ai.conversation.id") : session;
        if (session != null && sessions.size() < MOST_SESSIONS) {
            sessions.add(session.toString());
        }
        Object key = span.attribute(SpanLine.KEY);
        if (key != null) share(byKey, key.toString(), span);
        for (Span.Link link : span.links()) {
            if (!link.traceId().equals(id)) share(byLinkedTrace, link.traceId(), span);
        }
        for (Map.Entry<String, String> verdict : SpanLine.verdicts(span).entrySet()) {
            Map<String, Integer> counts = verdicts.get(verdict.getKey());
            if (counts == null && verdicts.size() < MOST_RULES) {
                counts = new TreeMap<>();
                verdicts.put(verdict.getKey(), counts);
            }
            if (counts != null && (counts.size() < MOST_RULES || counts.containsKey(verdict.getValue()))) {
                counts.merge(verdict.getValue(), 1, Integer::sum);
            }
        }
    }

    private static void share(Map<String, List<Span>> sharing, String value, Span span) {
        List<Span> spans = sharing.computeIfAbsent(value, any -> new ArrayList<>(1));
        if (spans.size() < MOST_SHARING) spans.add(span);
    }

    Set<String> keys() {
        return byKey.keySet();
    }

    Set<String> linkedTraces() {
        return byLinkedTrace.keySet();
    }

    List<Elsewhere> withKey(String key) {
        return elsewhere(byKey.getOrDefault(key, List.of()));
    }

    List<Elsewhere> linkedTo(String traceId) {
        return elsewhere(byLinkedTrace.getOrDefault(traceId, List.of()));
    }

    private List<Elsewhere> elsewhere(List<Span> spans) {
        Span first = root != null ? root : earliest;
        String name = first == null ? "" : SpanLine.label(first);
        return spans.stream().map(span -> new Elsewhere(span, name)).toList();
    }

    int size() {
        return spans.size();
    }

    boolean rooted() {
        return root != null;
    }

    Set<String> services() {
        return services;
    }

    boolean touches(String service) {
        return services.contains(service);
    }

    boolean isOf(String session) {
        return sessions.contains(session);
    }

    Summary summary() {
        Span first = root != null ? root : earliest;
        if (first == null) {
            throw new IllegalStateException("a chain has at least one span");
        }
        // With one root its own clock measures it; several processes' clocks cannot be subtracted from each other.
        boolean oneRoot = roots == 1;
        long start = oneRoot || earliest == null ? first.start() : earliest.start();
        long duration = oneRoot ? first.duration() : Math.max(0, latestEnd - start);
        Map<String, Map<String, Integer>> counts = new TreeMap<>();
        verdicts.forEach((rule, byValue) -> counts.put(rule, Map.copyOf(byValue)));
        return new Summary(
                id,
                first.name(),
                SpanLine.label(first),
                root != null,
                List.copyOf(services),
                processes.size(),
                start,
                duration,
                spans.size(),
                errors,
                counts,
                first.attribute(SpanLine.AMPLIFICATION),
                first.attribute(SpanLine.ATTEMPTS),
                first.attribute(SpanLine.OPERATIONS),
                duplicates,
                droppedSpans,
                List.copyOf(sessions));
    }

    Snapshot snapshot(boolean update) {
        return new Snapshot(summary(), new ArrayList<>(spans.values()), update);
    }

    /** Marks this chain as printed, and says whether it had been before. */
    boolean print() {
        boolean before = printed;
        printed = true;
        return before;
    }
}
