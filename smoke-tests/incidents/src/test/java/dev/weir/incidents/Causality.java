package dev.weir.incidents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.incidents.harness.Span;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads spans as trees of cause and effect. */
final class Causality {

    private Causality() {}

    /** The spans of each trace, in the order in which the traces were first seen. */
    static Map<String, List<Span>> traces(List<Span> spans) {
        return spans.stream().collect(Collectors.groupingBy(Span::traceId, LinkedHashMap::new, Collectors.toList()));
    }

    /** The one span of one trace that has no cause; fails when there are several traces or roots. */
    static Span root(List<Span> spans) {
        List<Span> roots = roots(spans);
        assertEquals(1, roots.size(), () -> "roots: " + roots);
        assertEquals(1, traces(spans).size(), () -> "traces: " + traces(spans));
        return roots.get(0);
    }

    /** The spans whose cause is not among {@code spans}. */
    static List<Span> roots(List<Span> spans) {
        return spans.stream()
                .filter(span -> spans.stream().noneMatch(other -> other.spanId().equals(span.parentId())))
                .toList();
    }

    /** A trace as an indented text of labels, siblings in the order of their labels. */
    static String tree(List<Span> trace) {
        StringBuilder text = new StringBuilder();
        append(text, "", roots(trace), trace);
        return text.toString();
    }

    private static void append(StringBuilder text, String indent, List<Span> siblings, List<Span> trace) {
        siblings.stream().sorted(Comparator.comparing(Span::label)).forEach(span -> {
            text.append(indent).append(span.label()).append('\n');
            List<Span> effects = trace.stream()
                    .filter(other -> span.spanId().equals(other.parentId()))
                    .toList();
            append(text, indent + "  ", effects, trace);
        });
    }
}
