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

    private enum Shape {
        SPAN,
        /** The line over the attempts of one operation. */
        OPERATION,
        ATTEMPT,
        /** Attempts that went as the one above them did. */
        ALIKE
    }

    /** One line to be. */
    private record Item(Shape shape, List<Node> nodes) {
        Node first() {
            return nodes.get(0);
        }

        Node last() {
            return nodes.get(nodes.size() - 1);
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
        switch (item.shape()) {
            case OPERATION -> operation(level, item, lead, gutter);
            case ALIKE -> alike(item, lead);
            case SPAN, ATTEMPT -> span(level, item, lead, gutter);
        }
    }

    private void operation(Level level, Item item, String lead, String gutter) {
        Node first = item.first();
        Node final_ = item.last();
        SpanLine line = new SpanLine(first.span, text);
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (Node attempt : item.nodes()) {
            from = Math.min(from, attempt.span.start());
            to = Math.max(to, attempt.span.end());
        }
        StringBuilder rest = new StringBuilder(line.label())
                .append("  ")
                .append(text.paint(Colour.BOLD, made(item.nodes())))
                .append("  ")
                .append(text.duration(Math.max(0, to - from)));
        if (final_.span.failed()) {
            rest.append("  ").append(text.paint(Colour.RED, "failed"));
        }
        line(lead, process(level, first.span, line) + rest);
        levels.push(new Level(attempts(item.nodes()), gutter, first.span.resource(), line.label()));
    }

    /** How many attempts were made, and how many more were refused. */
    private static String made(List<Node> attempts) {
        long made = 0;
        int here = 0;
        for (Node attempt : attempts) {
            if (SpanLine.refused(attempt.span)) continue;
            here++;
            made = Math.max(made, SpanLine.attempt(attempt.span));
        }
        int refused = attempts.size() - here;
        if (here == 0) return TerminalText.count(refused, "attempt", "attempts") + " refused";
        String elsewhere = made > here ? " (" + here + " here)" : "";
        return TerminalText.count(Math.max(made, here), "attempt", "attempts")
                + elsewhere
                + (refused == 0 ? "" : ", " + refused + " refused");
    }

    /** Draws the first of several attempts that went the same way, and counts the others. */
    private static List<Item> attempts(List<Node> attempts) {
        List<Item> items = new ArrayList<>();
        for (int from = 0; from < attempts.size(); ) {
            int to = from + 1;
            String course = Course.of(attempts.get(from));
            while (to < attempts.size() && course.equals(Course.of(attempts.get(to)))) {
                to++;
            }
            items.add(new Item(Shape.ATTEMPT, List.of(attempts.get(from))));
            List<Node> others = attempts.subList(from + 1, to);
            if (others.size() > 1) {
                items.add(new Item(Shape.ALIKE, others));
            } else {
                others.forEach(other -> items.add(new Item(Shape.ATTEMPT, List.of(other))));
            }
            from = to;
        }
        return items;
    }

    private void alike(Item item, String lead) {
        for (Node node : item.nodes()) {
            accounted += 1 + node.spansBelow;
        }
        long to = SpanLine.attempt(item.last().span);
        boolean numbered = to > SpanLine.attempt(item.first().span);
        String others = TerminalText.count(item.nodes().size(), "more attempt", "more attempts") + " like it";
        line(lead, text.ellipsis() + " " + others + (numbered ? ", to attempt " + to : ""));
    }

    private void span(Level level, Item item, String lead, String gutter) {
        Node node = item.first();
        Span span = node.span;
        SpanLine line = new SpanLine(span, text);
        long attempt = SpanLine.attempt(span);
        String label = line.label();
        boolean isAttempt = item.shape() == Shape.ATTEMPT;
        if (isAttempt || attempt > 1) {
            String number = "attempt " + (attempt > 0 ? attempt : "?");
            label = isAttempt ? (label.equals(level.label) ? number : number + "  " + label) : label + "  " + number;
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
                items.add(new Item(Shape.SPAN, List.of(node)));
            } else if (attempts.get(0) == node) {
                List<Node> ordered = new ArrayList<>(attempts);
                ordered.sort(Comparator.comparingLong(attempt -> SpanLine.attempt(attempt.span)));
                items.add(new Item(Shape.OPERATION, ordered));
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
        String line = lead + content;
        if (!style.colour() && line.codePointCount(0, line.length()) > style.maxColumns()) {
            int kept = Math.max(0, style.maxColumns() - text.ellipsis().length());
            line = line.substring(0, line.offsetByCodePoints(0, kept)) + text.ellipsis();
        }
        out.append(line).append('\n');
        lines++;
    }
}
