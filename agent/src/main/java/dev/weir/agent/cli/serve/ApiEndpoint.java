package dev.weir.agent.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/traces}, {@code /api/traces/<id>} and {@code /healthz}. */
final class ApiEndpoint {
    private static final int DEFAULT_LIMIT = 50;
    private static final String TRACES = "/api/traces";
    private static final String ONE_TRACE = TRACES + "/";
    private static final String WHAT_IS_HERE =
            "nothing is here; there is POST /v1/traces, and GET /api/traces, /api/traces/<trace id>, /healthz";

    private final TraceStore store;
    private final OtlpEndpoint otlp;
    private final TreeStyle style;

    ApiEndpoint(TraceStore store, OtlpEndpoint otlp, TreeStyle style) {
        this.store = store;
        this.otlp = otlp;
        this.style = style.drawn(false, false);
    }

    void handle(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            Reply.error(exchange, 405, "only GET and HEAD are answered here");
            return;
        }
        String path = exchange.getRequestURI().getRawPath();
        try {
            Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
            if (path.equals("/healthz")) {
                health(exchange);
            } else if (path.equals(TRACES)) {
                traces(exchange, query);
            } else if (path.startsWith(ONE_TRACE)) {
                trace(exchange, path.substring(ONE_TRACE.length()), query);
            } else {
                Reply.error(exchange, 404, WHAT_IS_HERE);
            }
        } catch (BadQueryException e) {
            Reply.error(exchange, 400, e.getMessage());
        }
    }

    private static final class BadQueryException extends Exception {
        private static final long serialVersionUID = 1L;

        BadQueryException(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private void traces(HttpExchange exchange, Map<String, String> query) throws IOException, BadQueryException {
        int limit = number(query.get("limit"), "limit", DEFAULT_LIMIT);
        List<Chain.Summary> chains = store.recent(limit, query.get("service"));
        Reply.stream(exchange, json -> new TraceJson(json).list(chains, store.totals()));
    }

    private void trace(HttpExchange exchange, String id, Map<String, String> query)
            throws IOException, BadQueryException {
        String traceId = id.length() == 32 ? SpanBatch.id(id.toLowerCase(Locale.ROOT), 16) : null;
        if (traceId == null) {
            throw new BadQueryException("a trace id is 32 hex digits and not all zero");
        }
        String format = query.getOrDefault("format", "json");
        if (!format.equals("json") && !format.equals("text")) {
            throw new BadQueryException("format is json or text");
        }
        int lines = number(query.get("lines"), "lines", style.maxLines());
        int columns = number(query.get("columns"), "columns", style.maxColumns());
        boolean ascii = query.containsKey("ascii") && !"false".equals(query.get("ascii"));
        Chain.Snapshot chain = store.find(traceId);
        if (chain == null) {
            Reply.error(exchange, 404, "trace " + traceId + " is not here: it never came, or newer ones replaced it");
        } else if (format.equals("json")) {
            Reply.stream(exchange, json -> new TraceJson(json).chain(chain));
        } else {
            Reply.text(
                    exchange,
                    200,
                    TreeRenderer.render(chain, style.drawn(ascii, false).cutAt(lines, columns)));
        }
    }

    private void health(HttpExchange exchange) throws IOException {
        TraceStore.Totals totals = store.totals();
        Reply.json(exchange, 200, json -> {
            json.beginObject();
            json.name("status").value("ok");
            json.name("traces").value(totals.traces());
            json.name("spans").value(totals.spans());
            json.name("bytes").value(totals.bytes());
            json.name("receivedSpans").value(totals.received());
            json.name("duplicateSpans").value(totals.duplicates());
            json.name("droppedSpans").value(totals.dropped());
            json.name("rejectedSpans").value(otlp.rejectedSpans());
            json.name("rejectedRequests").value(otlp.rejectedRequests());
            json.name("ignoredMetricsAndLogs").value(otlp.ignoredRequests());
            json.name("evictedTraces").value(totals.evictedTraces());
            json.name("evictedSpans").value(totals.evictedSpans());
            json.name("evictedUnprinted").value(totals.evictedUnprinted());
            json.endObject();
        });
    }

    private static int number(@Nullable String text, String name, int otherwise) throws BadQueryException {
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new BadQueryException(name + " is a number from 1 to 999999999");
        }
        return Integer.parseInt(text);
    }

    private static Map<String, String> query(@Nullable String raw) throws BadQueryException {
        Map<String, String> query = new HashMap<>();
        if (raw == null) {
            return query;
        }
        try {
            for (String pair : raw.split("&", 100)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                query.put(
                        URLDecoder.decode(name, StandardCharsets.UTF_8),
                        URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        } catch (IllegalArgumentException e) {
            throw new BadQueryException("the query has a broken percent escape");
        }
        return query;
    }
}
