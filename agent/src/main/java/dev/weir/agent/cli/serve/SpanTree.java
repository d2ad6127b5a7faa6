package dev.weir.agent.cli.serve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one trace as a tree, whatever order they came in. Nothing here recurses: a chain may be tens of
 * thousands of spans deep.
 */
final class SpanTree {
    private static final Comparator<Node> BY_START =
            Comparator.<Node>comparingLong(node -> node.span.start()).thenComparing(node -> node.span.spanId());

    private final List<Node> roots = new ArrayList<>();
    private final List<Node> inOrder;

    /** Why a node is where it is. */
    enum Place {
        CHILD,
        ROOT,
        /** Its parent has not arrived, or never will. */
        ORPHAN,
        /** Its ancestors lead back to itself. */
        CYCLE
    }

    /** One span, its children, and what lies below it. */
    static final class Node {
        final Span span;
        final List<Node> children = new ArrayList<>(0);
        Place place = Place.CHILD;

        @Nullable
        Node parent;

        int spansBelow;
        int errorsBelow;
        private int walk;

        Node(Span span) {
            this.span = span;
        }
    }

    private SpanTree(Collection<Span> spans) {
        Map<String, Node> byId = new HashMap<>(spans.size() * 2);
        for (Span span : spans) {
            byId.putIfAbsent(span.spanId(), new Node(span));
        }
        List<Node> nodes = new ArrayList<>(byId.values());
        nodes.sort(BY_START);
        for (Node node : nodes) {
            String parentId = node.span.parentId();
            node.parent = parentId == null ? null : byId.get(parentId);
            if (node.parent == null) {
                node.place = parentId == null ? Place.ROOT : Place.ORPHAN;
            }
        }
        cutCycles(nodes);
        for (Node node : nodes) {
            if (node.parent == null) {
                roots.add(node);
            } else {
                node.parent.children.add(node);
            }
        }
        roots.sort(Comparator.<Node, Boolean>comparing(root -> root.place != Place.ROOT)
                .thenComparing(BY_START));
        inOrder = inOrder(nodes.size());
        count();
    }

    static SpanTree of(Collection<Span> spans) {
        return new SpanTree(spans);
    }

    List<Node> roots() {
        return roots;
    }

    /** All nodes, each parent before its children. */
    List<Node> nodes() {
        return inOrder;
    }

    /** Walks up from every node, each node once: a walk that meets its own trail has found a cycle. */
    private static void cutCycles(List<Node> nodes) {
        int walk = 0;
        for (Node start : nodes) {
            walk++;
            Node node = start;
            while (node != null && node.walk == 0) {
                node.walk = walk;
                node = node.parent;
            }
            if (node != null && node.walk == walk) {
                Node first = node;
                for (Node each = node.parent; each != null && each != node; each = each.parent) {
                    first = BY_START.compare(each, first) < 0 ? each : first;
                }
                first.parent = null;
                first.place = Place.CYCLE;
            }
        }
    }

    private List<Node> inOrder(int size) {
        List<Node> ordered = new ArrayList<>(size);
        Deque<Node> open = new ArrayDeque<>();
        for (int i = roots.size() - 1; i >= 0; i--) {
            open.push(roots.get(i));
        }
        while (!open.isEmpty()) {
            Node node = open.pop();
            ordered.add(node);
            for (int i = node.children.size() - 1; i >= 0; i--) {
                open.push(node.children.get(i));
            }
        }
        return ordered;
    }

    private void count() {
        for (int i = inOrder.size() - 1; i >= 0; i--) {
            Node node = inOrder.get(i);
            if (node.parent != null) {
                node.parent.spansBelow += node.spansBelow + 1;
                node.parent.errorsBelow += node.errorsBelow + (node.span.failed() ? 1 : 0);
            }
        }
    }
}
