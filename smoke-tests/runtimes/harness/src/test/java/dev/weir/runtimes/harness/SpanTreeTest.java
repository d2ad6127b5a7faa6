package dev.weir.runtimes.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.incidents.harness.Span;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SpanTreeTest {

    private static final List<Span> SPANS = List.of(
            span("agent", "1", null, Span.Kind.INTERNAL, "invoke_agent Clerk", 1, false, Map.of()),
            span("agent", "2", "1", Span.Kind.CLIENT, "chat gpt", 2, false, Map.of()),
            span("agent", "3", "2", Span.Kind.CLIENT, "POST", 3, true, http("http://model/v1/chat", 500)),
            span("agent", "4", "2", Span.Kind.CLIENT, "POST", 4, false, again(http("http://model/v1/chat", 200))),
            span("tools", "5", "1", Span.Kind.SERVER, "GET /x", 5, false, Map.of("url.path", "/x")));

    private static final List<String> DRAWN = List.of(
            "[agent] invoke_agent Clerk  internal",
            "├─ chat gpt  client",
            "│  ├─ POST /v1/chat  client  500  error",
            "│  └─ POST /v1/chat  client  attempt 2  200",
            "└─ [tools] GET /x  server");

    @Test
    void drawsSpansAndReadsThemBack() {
        SpanTree tree = SpanTree.of(SPANS);
        assertEquals(String.join("\n", DRAWN) + "\n", tree.toString());
        assertEquals(tree, SpanTree.parse(DRAWN));
    }

    @Test
    void knowsATreeWhateverTheOrderOfSiblings() {
        List<String> other = List.of(
                DRAWN.get(0),
                "├─ [tools] GET /x  server",
                "└─ chat gpt  client",
                "   ├─ POST /v1/chat  client  attempt 2  200",
                "   └─ POST /v1/chat  client  500  error");
        assertEquals(SpanTree.parse(other), SpanTree.of(SPANS));
    }

    @Test
    void tellsTreesApart() {
        assertNotEquals(SpanTree.parse(DRAWN.subList(0, 4)), SpanTree.of(SPANS));
        // The same lines, the last one a level deeper.
        List<String> deeper =
                List.of(DRAWN.get(0), DRAWN.get(1), DRAWN.get(2), DRAWN.get(3), "   └─ [tools] GET /x  server");
        assertNotEquals(SpanTree.parse(deeper), SpanTree.of(SPANS));
        assertThrows(AssertionError.class, () -> SpanTree.parse(List.of("a", "│  └─ b")));
    }

    private static Map<String, Object> http(String url, long status) {
        return Map.of("url.full", url, "http.response.status_code", status);
    }

    private static Map<String, Object> again(Map<String, Object> attributes) {
        Map<String, Object> more = new TreeMap<>(attributes);
        more.put("weir.attempt", 2L);
        return more;
    }

    private static Span span(
            String service,
            String id,
            @Nullable String parent,
            Span.Kind kind,
            String name,
            long start,
            boolean error,
            Map<String, Object> attributes) {
        return new Span(service, "t", id, parent, kind, name, start, start, error, attributes, List.of(), List.of());
    }
}
