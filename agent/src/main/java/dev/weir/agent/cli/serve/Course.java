package dev.weir.agent.cli.serve;

import dev.weir.agent.cli.serve.SpanTree.Node;
import java.util.ArrayDeque;
import java.util.Deque;

/** How a call went, without what differs each time it goes the same way: ids, times, counts. */
final class Course {
    private static final int MOST_SPANS = 100;

    private Course() {}

    /** Equal for two calls that a reader need not see both of. What is too large to compare is like nothing else. */
    static String of(Node call) {
        if (call.spansBelow > MOST_SPANS) {
            return call.span.spanId();
        }
        StringBuilder course = new StringBuilder();
        Deque<Node> open = new ArrayDeque<>();
        open.push(call);
        while (!open.isEmpty()) {
            Node node = open.pop();
            Span span = node.span;
            course.append(node.children.size())
                    .append('|')
                    .append(span.resource().service())
                    .append('|')
                    .append(span.name())
                    .append('|')
                    .append(span.kind())
                    .append('|')
                    .append(span.status())
                    .append('|')
                    .append(span.attribute("http.response.status_code"))
                    .append('|')
                    .append(span.attribute("error.type"))
                    .append('|')
                    .append(SpanLine.verdicts(span))
                    .append('\n');
            for (Node child : node.children) {
                open.push(child);
            }
        }
        return course.toString();
    }
}
