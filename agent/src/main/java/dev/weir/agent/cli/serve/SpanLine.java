package dev.weir.agent.cli.serve;

import dev.weir.agent.cli.serve.TerminalText.Colour;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one span says about itself: its label, the facts after it, and the verdicts and links below it. */
final class SpanLine {
    static final String OPERATION_ID = "weir.operation.id";
    static final String ATTEMPT = "weir.attempt";
    static final String VERDICT = "weir.verdict.";
    static final String REASON = ".reason";
    static final String KEY = "weir.idempotency.key";
    static final String SESSION = "weir.session";
    static final String AMPLIFICATION = "weir.amplification";
    static final String ATTEMPTS = "weir.attempts";
    static final String OPERATIONS = "weir.operations";
    private static final int LABEL = 160;
    private static final int DETAIL = 200;
    private static final int MOST_LINKS = 3;
    /** What a verdict does to a call that still goes out. */
    private static final Set<String> GENTLE = Set.of("mark", "limit", "would-limit");

    private static final Set<String> STRICT = Set.of("deny", "delay", "not-enforced");

    private final TerminalText text;
    private final Span span;

    SpanLine(Span span, TerminalText text) {
        this.span = span;
        this.text = text;
    }

    /** The span's name, with what the conventions keep out of names: URL, path of a request, path of a file. */
    String label() {
        String label = label(span);
        return label.isEmpty() ? "(no name)" : text.safe(label, LABEL);
    }

    static String label(Span span) {
        Object method = span.attribute("http.request.method");
        Object path = span.attribute(span.kind() == Span.Kind.SERVER ? "url.path" : "url.full");
        Object file = span.attribute("file.path");
        String label = span.name();
        if (method != null && path != null && label.equals(method.toString())) label = method + " " + path;
        else if (file != null && label.startsWith("file ")) label = label + " " + file;
        return label;
    }

    /** Whether a rule refused it, so that it never went out. */
    static boolean refused(Span span) {
        return verdicts(span).containsValue("deny");
    }

    /** {@code [service pid]}. */
    String process() {
        Resource resource = span.resource();
        String pid = resource.pid();
        String name = text.safe(resource.service(), 60) + (pid == null ? "" : " " + text.safe(pid, 20));
        return text.paint(Colour.CYAN, "[" + name + "]");
    }

    /** Everything after the label, in the order in which a reader asks for it. */
    List<String> facts() {
        List<String> facts = new ArrayList<>();
        if (span.kind() != Span.Kind.UNSPECIFIED) {
            facts.add(text.paint(Colour.DIM, span.kind().name().toLowerCase(Locale.ROOT)));
        }
        facts.add(text.duration(span.duration()));
        Object code = statusCode();
        if (code != null) {
            facts.add(text.safe(code.toString(), 20));
        }
        Map<String, String> verdicts = verdicts(span);
        if (refused(span)) {
            facts.add(text.paint(Colour.RED, "refused"));
        } else if (span.failed()) {
            String why = failure();
            facts.add(text.paint(Colour.RED, why.isEmpty() ? "error" : "error: " + text.safe(why, DETAIL)));
        }
        Object left = span.attribute("weir.deadline.remaining_ms");
        if (left != null) {
            facts.add(text.safe(left.toString(), 20) + " ms left");
        }
        Object path = span.attribute("weir.attempt.path");
        if (path != null
                && !path.toString().equals(String.valueOf(span.attribute(ATTEMPT)))
                && !path.toString().matches("1(\\.1)*")) {
            facts.add("path " + text.safe(path.toString(), 60));
        }
        Object layers = span.attribute("weir.attempt.layers");
        if (layers != null) facts.add("in " + text.safe(layers.toString(), 120));
        String amplification = amplification();
        if (!amplification.isEmpty()) {
            facts.add(text.paint(Colour.BOLD, amplification));
        }
        for (Map.Entry<String, String> verdict : verdicts.entrySet()) {
            if (GENTLE.contains(verdict.getValue())) {
                facts.add(text.paint(Colour.DIM, text.safe(verdict.getKey(), 60) + " " + verdict.getValue()));
            }
        }
        return facts;
    }

    /** Lines that belong under the span: verdicts that stop or would stop something, then links. */
    List<String> below() {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, String> verdict : verdicts(span).entrySet()) {
            String value = verdict.getValue();
            if (!GENTLE.contains(value)) {
                Colour colour = STRICT.contains(value) ? Colour.RED : Colour.YELLOW;
                lines.add(text.paint(colour, "! " + verdict(verdict.getKey(), value)));
            }
        }
        List<Span.Link> links = span.links();
        for (Span.Link link : links.subList(0, Math.min(MOST_LINKS, links.size()))) {
            String target = link.traceId().equals(span.traceId())
                    ? "linked to span " + link.spanId()
                    : "linked to trace " + link.traceId();
            lines.add(text.paint(Colour.DIM, "> " + target));
        }
        if (links.size() > MOST_LINKS) {
            lines.add(text.ellipsis() + " " + TerminalText.count(links.size() - MOST_LINKS, "more link", "more links"));
        }
        return lines;
    }

    /** The attempt number, or 0 where the span is not an attempt. */
    static long attempt(Span span) {
        Object attempt = span.attribute(ATTEMPT);
        if (attempt instanceof Number number) {
            return number.longValue();
        }
        if (attempt instanceof String string && string.matches("\\d{1,9}")) {
            return Long.parseLong(string);
        }
        return 0;
    }

    /** Verdict by rule. */
    static Map<String, String> verdicts(Span span) {
        Map<String, String> verdicts = new TreeMap<>();
        for (Map.Entry<String, Object> attribute : span.attributes().entrySet()) {
            String key = attribute.getKey();
            if (key.startsWith(VERDICT) && !key.endsWith(REASON) && key.length() > VERDICT.length()) {
                verdicts.put(
                        key.substring(VERDICT.length()), attribute.getValue().toString());
            }
        }
        return verdicts;
    }

    private String verdict(String rule, String value) {
        Object reason = span.attribute(VERDICT + rule + REASON);
        return text.safe(rule, 60) + " " + text.safe(value, 40)
                + (reason == null ? "" : ": " + text.safe(reason.toString(), DETAIL));
    }

    private @Nullable Object statusCode() {
        Object http = span.attribute("http.response.status_code");
        return http != null ? http : span.attribute("rpc.response.status_code");
    }

    private String failure() {
        if (!span.statusMessage().isEmpty()) {
            return span.statusMessage();
        }
        for (Span.Event event : span.events()) {
            Object type = event.attributes().get("exception.type");
            Object message = event.attributes().get("exception.message");
            if (type != null) {
                return message == null ? type.toString() : type + ": " + message;
            }
            if (message != null) {
                return message.toString();
            }
        }
        Object type = span.attribute("error.type");
        return type == null || type.toString().equals(String.valueOf(statusCode())) ? "" : type.toString();
    }

    private String amplification() {
        Object factor = span.attribute(AMPLIFICATION);
        if (factor == null) {
            return "";
        }
        Object total = span.attribute(ATTEMPTS);
        if (total instanceof Long none && none == 0) {
            return "";
        }
        boolean nothingRepeated = factor instanceof Number number && number.doubleValue() <= 1;
        if (nothingRepeated && span.parentId() != null) {
            return "";
        }
        String shown = factor instanceof Number number
                ? number.doubleValue() == number.longValue()
                        ? Long.toString(number.longValue())
                        : String.format(Locale.ROOT, "%.1f", number.doubleValue())
                : text.safe(factor.toString(), 20);
        Object attempts = total;
        Object operations = span.attribute(OPERATIONS);
        return "amplification " + shown
                + (attempts instanceof Long a && operations instanceof Long o
                        ? ": " + TerminalText.count(a, "attempt", "attempts") + " of "
                                + TerminalText.count(o, "operation", "operations")
                        : "");
    }
}
