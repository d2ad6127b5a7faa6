package dev.weir.agent.cli.serve;

import dev.weir.agent.cli.serve.SpanTree.Node;
import dev.weir.agent.cli.serve.SpanTree.Place;
import dev.weir.agent.cli.serve.TerminalText.Colour;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Draws one chain as a tree over processes, the attempts of one operation folded under it. */
final class TreeRenderer {
    private final TreeStyle style;
    private final TerminalText text;
    private final String branch;
    private final String lastBranch;
    private final String trunk;
    private final StringBuilder out = new StringBuilder();
    private final Deque<Level> levels = new ArrayDeque<>();
    private int lines;
    private int accounted;

    private TreeRenderer(TreeStyle style) {
        this.style = style;
        text = new TerminalText(style.ascii(), style.colour());
        branch = text.paint(Colour.DIM, style.ascii() ? "|- " : "├─ ");
        lastBranch = text.paint(Colour.DIM, style.ascii() ? "`- " : "└─ ");
        trunk = text.paint(Colour.DIM, style.ascii() ? "|  " : "│  ");
    }

    static String render(Chain.Snapshot chain, TreeStyle style) {
        return new TreeRenderer(style).chain(chain);
    }

    /** One line to be: a span, or an operation over its attempts. */
    private record Item(List<Node> nodes, boolean operation, boolean attempt) {
        Node first() {
            return nodes.get(0);
        }
    }

    /** The lines under one line, drawn one after the other. */
    private static final class Level {
        final List<Item> items;
        final String gutter;
        final @Nullable Resource process;
        final String label;
        int next;

        Level(List<Item> items, String gutter, @Nullable Resource process, String label) {
            this.items = items;
            this.gutter = gutter;
            this.process = process;
            this.label = label;
        }
    }

    private String chain(Chain.Snapshot chain) {
        header(chain);
        SpanTree tree = SpanTree.of(chain.spans());
        levels.push(new Level(items(tree.roots()), "", null, ""));
        while (!levels.isEmpty() && lines < style.maxLines()) {
            Level level = levels.peek();
            if (level.next == level.items.size()) {
                levels.pop();
            } else if (level.next == style.maxChildren()) {
                cutRest(level);
                levels.pop();
            } else {
                item(level, level.items.get(level.next++));
            }
        }
        int left = tree.nodes().size() - accounted;
        if (left > 0) {
            line("", text.ellipsis() + " " + TerminalText.count(left, "more span", "more spans") + " not shown");
        }
        return out.toString();
    }

    private void header(Chain.Snapshot chain) {
        Chain.Summary summary = chain.summary();
        List<String> facts = new ArrayList<>();
        facts.add(TerminalText.count(summary.spans(), "span", "spans"));
        facts.add(TerminalText.count(summary.processes(), "process", "processes"));
        if (summary.errors() > 0) {
            facts.add(TerminalText.count(summary.errors(), "error", "errors"));
        }
        facts.add(text.duration(summary.duration()));
        if (!summary.rooted()) {
            facts.add("its root span has not arrived");
        }
        if (summary.duplicates() > 0) {
            facts.add(TerminalText.count(summary.duplicates(), "duplicate", "duplicates") + " ignored");
        }
        if (summary.droppedSpans() > 0) {
            facts.add(TerminalText.count(summary.droppedSpans(), "span", "spans") + " dropped: the chain is too large");
        }
        String update = chain.update() ? " (update)" : "";
        line("", text.paint(Colour.BOLD, "trace " + summary.id()) + update + "  " + String.join(", ", facts));
    }

    private void item(Level level, Item item) {
        boolean last = level.next == level.items.size();
        boolean top = levels.size() == 1;
        String lead = top ? "" : level.gutter + (last ? lastBranch : branch);
        String gutter = top ? "" : level.gutter + (last ? "   " : trunk);
        if (item.operation()) {
            operation(level, item, lead, gutter);
        } else {
            span(level, item, lead, gutter);
        }
    }

    private void operation(Level level, Item item, String lead, String gutter) {
        Node first = item.first();
        Node final_ = item.nodes().get(item.nodes().size() - 1);
        SpanLine line = new SpanLine(first.span, text);
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (Node attempt : item.nodes()) {
            from = Math.min(from, attempt.span.start());
            to = Math.max(to, attempt.span.end());
        }
        long made = SpanLine.attempt(final_.span);
        String here = made > item.nodes().size() ? " (" + item.nodes().size() + " here)" : "";
        String attempts = TerminalText.count(Math.max(made, item.nodes().size()), "attempt", "attempts") + here;
        StringBuilder rest = new StringBuilder(line.label())
                .append("  ")
                .append(text.paint(Colour.BOLD, attempts))
                .append("  ")
                .append(text.duration(Math.max(0, to - from)));
        if (final_.span.failed()) {
            rest.append("  ").append(text.paint(Colour.RED, "failed"));
        }
        line(lead, process(level, first.span, line) + rest);
        List<Item> each = new ArrayList<>();
        for (Node attempt : item.nodes()) {
            each.add(new Item(List.of(attempt), false, true));
        }
        levels.push(new Level(each, gutter, first.span.resource(), line.label()));
    }

    private void span(Level level, Item item, String lead, String gutter) {
        Node node = item.first();
        Span span = node.span;
        SpanLine line = new SpanLine(span, text);
        long attempt = SpanLine.attempt(span);
        String label = line.label();
        if (item.attempt() || attempt > 1) {
            String number = "attempt " + (attempt > 0 ? attempt : "?");
            label = item.attempt()
                    ? (label.equals(level.label) ? number : number + "  " + label)
                    : label + "  " + number;
        }
        List<String> facts = line.facts();
        facts.addAll(notes(node));
        accounted++;
        line(lead, process(level, span, line) + label + "  " + String.join("  ", facts));
        List<Item> below = items(node.children);
        for (String more : line.below()) {
            line(gutter + (below.isEmpty() ? "   " : trunk), more);
        }
        if (below.isEmpty()) {
            return;
        }
        if (levels.size() >= style.maxDepth()) {
            cut(gutter, node.spansBelow, node.errorsBelow, "below");
        } else {
            levels.push(new Level(below, gutter, span.resource(), ""));
        }
    }

    private List<String> notes(Node node) {
        List<String> notes = new ArrayList<>();
        if (node.place == Place.ORPHAN) {
            notes.add(text.paint(Colour.YELLOW, "(its parent " + node.span.parentId() + " has not arrived)"));
        } else if (node.place == Place.CYCLE) {
            notes.add(text.paint(Colour.YELLOW, "(its parents form a cycle)"));
        }
        Node parent = node.parent;
        if (parent != null
                && node.span.start() < parent.span.start()
                && !node.span.resource().sameProcess(parent.span.resource())) {
            long skew = parent.span.start() - node.span.start();
            notes.add(text.paint(Colour.DIM, "(its clock is at least " + text.duration(skew) + " behind)"));
        }
        return notes;
    }

    private String process(Level level, Span span, SpanLine line) {
        boolean same = level.process != null && level.process.sameProcess(span.resource());
        return same ? "" : line.process() + " ";
    }

    /** Folds siblings that are attempts of one operation; everything else stays in order of time. */
    private static List<Item> items(List<Node> siblings) {
        Map<Object, List<Node>> operations = new HashMap<>();
        for (Node node : siblings) {
            Object operation = node.span.attribute(SpanLine.OPERATION_ID);
            if (operation != null && SpanLine.attempt(node.span) > 0) {
                operations.computeIfAbsent(operation, id -> new ArrayList<>(2)).add(node);
            }
        }
        List<Item> items = new ArrayList<>(siblings.size());
        for (Node node : siblings) {
            Object operation = node.span.attribute(SpanLine.OPERATION_ID);
            List<Node> attempts = operation == null ? null : operations.get(operation);
            if (attempts == null || attempts.size() == 1 || SpanLine.attempt(node.span) == 0) {
                items.add(new Item(List.of(node), false, false));
            } else if (attempts.get(0) == node) {
                List<Node> ordered = new ArrayList<>(attempts);
                ordered.sort(Comparator.comparingLong(attempt -> SpanLine.attempt(attempt.span)));
                items.add(new Item(ordered, true, false));
            }
        }
        return items;
    }

    private void cutRest(Level level) {
        int spans = 0;
        int errors = 0;
        for (Item item : level.items.subList(level.next, level.items.size())) {
            for (Node node : item.nodes()) {
                spans += 1 + node.spansBelow;
                errors += node.errorsBelow + (node.span.failed() ? 1 : 0);
            }
        }
        cut(level.gutter, spans, errors, "here");
    }

    private void cut(String gutter, int spans, int errors, String where) {
        accounted += spans;
        line(
                levels.size() == 1 && where.equals("here") ? "" : gutter + lastBranch,
                text.ellipsis() + " " + TerminalText.count(spans, "more span", "more spans") + " " + where
                        + (errors == 0 ? "" : ", " + TerminalText.count(errors, "error", "errors")));
    }

    private void line(String lead, String content) {
        out.append(lead).append(content).append('\n');
        lines++;
    }
}
