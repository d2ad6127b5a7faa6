package dev.weir.agent.cli.serve;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which chains a reader asked for; null, zero and false ask for nothing. */
record ChainFilter(
        @Nullable String service,
        @Nullable String verdict,
        double minAmplification,
        long minNanos,
        @Nullable String session,
        boolean failed,
        @Nullable String text) {

    static final ChainFilter ALL = new ChainFilter(null, null, 0, 0, null, false, null);

    ChainFilter {
        text = text == null ? null : text.strip().toLowerCase(Locale.ROOT);
    }

    boolean searchesText() {
        return text != null && !text.isEmpty();
    }

    /** Whether the text is the id of a trace, and the one thing that is asked for. */
    boolean asksForTrace() {
        return text != null
                && text.matches("[0-9a-f]{32}")
                && equals(new ChainFilter(null, null, 0, 0, null, false, text));
    }

    /** All but the text. */
    boolean accepts(Chain chain) {
        if (service != null && !chain.touches(service)) return false;
        if (session != null && !chain.isOf(session)) return false;
        if (verdict == null && minAmplification <= 0 && minNanos <= 0 && !failed) return true;
        Chain.Summary summary = chain.summary();
        return (verdict == null || hasVerdict(summary.verdicts(), verdict))
                && (minAmplification <= 0 || number(summary.amplification()) >= minAmplification)
                && summary.duration() >= minNanos
                && (!failed || summary.errors() > 0);
    }

    /** {@code retry-budget}, {@code would-deny} or {@code retry-budget:would-deny}. */
    private static boolean hasVerdict(Map<String, Map<String, Integer>> verdicts, String wanted) {
        for (Map.Entry<String, Map<String, Integer>> rule : verdicts.entrySet()) {
            if (wanted.equals(rule.getKey())) return true;
            for (String outcome : rule.getValue().keySet()) {
                if (wanted.equals(outcome) || wanted.equals(rule.getKey() + ":" + outcome)) return true;
            }
        }
        return false;
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    /**
     * Whether the text stands in the id, a name, a message or an attribute. Reads every span: not under a lock.
     *
     * @param resources what was found out about those that many spans share
     */
    boolean matchesText(Chain.Snapshot chain, IdentityHashMap<Resource, Boolean> resources) {
        if (!searchesText() || chain.summary().id().equals(text)) return true;
        for (Span span : chain.spans()) {
            if (has(span.name())
                    || has(span.statusMessage())
                    || has(span.spanId())
                    || has(span.attributes())
                    || resources.computeIfAbsent(span.resource(), resource -> has(resource.attributes()))) {
                return true;
            }
            for (Span.Event event : span.events()) {
                if (has(event.name()) || has(event.attributes())) return true;
            }
        }
        return false;
    }

    private boolean has(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (has(entry.getKey()) || has(entry.getValue())) return true;
            }
            return false;
        }
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (has(element)) return true;
            }
            return false;
        }
        return value != null && text != null && contains(value.toString(), text);
    }

    /** @param wanted in lower case */
    private static boolean contains(String within, String wanted) {
        char lower = wanted.charAt(0);
        char upper = Character.toUpperCase(lower);
        for (int i = 0; i <= within.length() - wanted.length(); i++) {
            char c = within.charAt(i);
            if ((c == lower || c == upper) && within.regionMatches(true, i, wanted, 0, wanted.length())) return true;
        }
        return false;
    }
}
