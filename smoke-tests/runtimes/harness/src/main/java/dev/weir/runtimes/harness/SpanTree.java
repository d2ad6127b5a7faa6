package dev.weir.runtimes.harness;

import dev.weir.incidents.harness.Span;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Spans as a tree, in the form that {@code weir.jar serve} prints, without what differs from run to run: ids, ports and
 * times.
 *
 * <p>Siblings are drawn in the order in which they began. Two trees are {@link #equals equal} whatever that order was: of
 * two threads either may be the first.
 */
public final class SpanTree {

    private final List<Node> roots;

    private SpanTree(List<Node> roots) {
        this.roots = roots;
    }

    /** One line and what hangs below it. */
    private record Node(String line, List<Node> children) {

        String canonical() {
            List<String> below = children.stream().map(Node::canonical).sorted().toList();
            return line + below;
        }
    }

    /** The tree of spans of any number of traces. */
    public static SpanTree of(List<Span> spans) {
        List<Span> roots = spans.stream()
                .filter(span -> spans.stream().noneMatch(other -> other.spanId().equals(span.parentId())))
                .toList();
        return new SpanTree(nodes(roots, null, spans));
    }

    /** The tree that was drawn as {@link #toString} draws. */
    public static SpanTree parse(List<String> drawn) {
        List<Node> roots = new ArrayList<>();
        List<List<Node>> levels = new ArrayList<>(List.of(roots));
        for (String line : drawn) {
            if (line.isBlank()) continue;
            String text = line.replaceFirst("^[│├└─ ]+", "");
            int depth = (line.length() - text.length()) / 3;
            if (depth >= levels.size()) throw new AssertionError("hangs under nothing: " + line);
            Node node = new Node(text.strip(), new ArrayList<>());
            levels.get(depth).add(node);
            levels.subList(depth + 1, levels.size()).clear();
            levels.add(node.children);
        }
        return new SpanTree(roots);
    }

    private static List<Node> nodes(List<Span> siblings, @Nullable Span parent, List<Span> all) {
        return siblings.stream()
                .sorted(Comparator.comparingLong(Span::startNanos))
                .map(span -> new Node(
                        line(span, parent),
                        nodes(
                                all.stream()
                                        .filter(other -> span.spanId().equals(other.parentId()))
                                        .toList(),
                                span,
                                all)))
                .toList();
    }

    private static String line(Span span, @Nullable Span parent) {
        StringBuilder line = new StringBuilder();
        if (parent == null || !parent.service().equals(span.service())) {
            line.append('[').append(span.service()).append("] ");
        }
        line.append(span.name());
        String where = path(span);
        if (where != null && !span.name().contains(where)) line.append(' ').append(where);
        line.append("  ").append(span.kind().name().toLowerCase(Locale.ROOT));
        // What was not repeated is attempt 1 of itself.
        String attempt = span.text("weir.attempt");
        if (attempt != null && !attempt.equals("1")) line.append("  attempt ").append(attempt);
        String status = span.text("http.response.status_code");
        if (status != null) line.append("  ").append(status);
        if (span.error()) line.append("  error");
        return line.toString();
    }

    private static @Nullable String path(Span span) {
        String full = span.text("url.full");
        String path = full == null ? span.text("url.path") : URI.create(full).getPath();
        String file = span.text("file.path");
        return path != null || file == null ? path : file.substring(file.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Node root : roots) {
            text.append(root.line).append('\n');
            draw(text, "", root.children);
        }
        return text.toString();
    }

    private static void draw(StringBuilder text, String gutter, List<Node> siblings) {
        for (int i = 0; i < siblings.size(); i++) {
            boolean last = i == siblings.size() - 1;
            text.append(gutter)
                    .append(last ? "└─ " : "├─ ")
                    .append(siblings.get(i).line)
                    .append('\n');
            draw(text, gutter + (last ? "   " : "│  "), siblings.get(i).children);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SpanTree tree && canonical().equals(tree.canonical());
    }

    @Override
    public int hashCode() {
        return canonical().hashCode();
    }

    private String canonical() {
        return new Node("", roots).canonical();
    }
}
