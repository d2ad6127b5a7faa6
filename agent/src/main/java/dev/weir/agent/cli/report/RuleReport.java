package dev.weir.agent.cli.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one rule had to say in the chains that were looked at. */
final class RuleReport {

    private static final int EXAMPLES = 3;
    /** What a rule does to nearly every call, and nobody has to decide about. */
    private static final Set<String> EVERYDAY = Set.of("mark", "limit");

    /** A verdict on the same call by the same layer, as often as it was given. */
    static final class Cause {

        final String outcome;
        final String service;
        final String call;
        final @Nullable String layers;
        final String reason;
        final Set<String> traces = new LinkedHashSet<>();
        int count;

        private Cause(String outcome, String service, String call, @Nullable String layers, String reason) {
            this.outcome = outcome;
            this.service = service;
            this.call = call;
            this.layers = layers;
            this.reason = reason;
        }

        /** The first few traces. */
        List<String> examples() {
            return traces.stream().limit(EXAMPLES).toList();
        }
    }

    private final String rule;
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final Map<List<String>, Cause> causes = new LinkedHashMap<>();
    private final Set<String> chains = new LinkedHashSet<>();

    RuleReport(String rule) {
        this.rule = rule;
    }

    String rule() {
        return rule;
    }

    /** How many verdicts of this kind; {@code would-deny} and so on. */
    int count(String outcome) {
        return outcomes.getOrDefault(outcome, 0);
    }

    /** The kinds of verdicts, and how many there are of each. */
    Map<String, Integer> outcomes() {
        return outcomes;
    }

    /** How many chains have a verdict that a person has to decide about. */
    int chains() {
        return chains.size();
    }

    /** The most frequent first. */
    List<Cause> causes() {
        Collection<Cause> all = causes.values();
        List<Cause> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingInt((Cause cause) -> cause.count).reversed());
        return sorted;
    }

    void add(
            String outcome,
            String traceId,
            String service,
            String call,
            @Nullable String layers,
            @Nullable String reason) {
        outcomes.merge(outcome, 1, Integer::sum);
        if (EVERYDAY.contains(outcome)) return;
        chains.add(traceId);
        String why = reason == null ? "" : reason;
        // Numbers in a reason differ from call to call; the first one stands for all.
        List<String> key = List.of(outcome, service, call, layers == null ? "" : layers, why.replaceAll("[0-9]+", "#"));
        Cause cause = causes.computeIfAbsent(key, absent -> new Cause(outcome, service, call, layers, why));
        cause.count++;
        cause.traces.add(traceId);
    }

    /** What enforce would have done, for a person; empty when nothing. */
    String wouldHave() {
        List<String> parts = new ArrayList<>();
        part(parts, "would-deny", "refused %s");
        part(parts, "would-delay", "made %s wait");
        part(parts, "would-limit", "cut %s short at the deadline");
        part(parts, "would-mark", "replaced a header of %s");
        return String.join(", ", parts);
    }

    /** What was done, for a person; empty when nothing. */
    String did() {
        List<String> parts = new ArrayList<>();
        part(parts, "deny", "refused %s");
        part(parts, "delay", "made %s wait");
        return String.join(", ", parts);
    }

    private void part(List<String> parts, String outcome, String form) {
        int count = count(outcome);
        if (count > 0) parts.add(String.format(form, count == 1 ? "1 call" : String.format("%,d calls", count)));
    }
}
