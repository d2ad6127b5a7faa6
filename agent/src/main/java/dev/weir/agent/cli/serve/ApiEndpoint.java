package dev.weir.agent.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    private static final String KEYS = "/api/keys/";
    private static final String WHAT_IS_HERE = "nothing is here; there is POST /v1/traces, and GET /, /api/traces,"
            + " /api/traces/<trace id>, /api/keys/<idempotency key>, /healthz";
    /** A reader may remember what an earlier process served. */
    private final String life = Long.toHexString(System.nanoTime()) + "-";

    private final TraceStore store;
    private final @Nullable KeptChains kept;
    private final OtlpEndpoint otlp;
    private final TreeStyle style;

    /** @param kept what is on disk, where anything is */
    ApiEndpoint(TraceStore store, @Nullable KeptChains kept, OtlpEndpoint otlp, TreeStyle style) {
        this.store = store;
        this.kept = kept;
        this.otlp = otlp;
        this.style = style.drawn(false, false);
    }

    void handle(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            Reply.onlyGet(exchange);
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
            } else if (path.startsWith(KEYS)) {
                key(exchange, decode(path.substring(KEYS.length()).replace("+", "%2B")));
            } else {
                Reply.error(exchange, 404, WHAT_IS_HERE);
            }
        } catch (BadQueryException e) {
            Reply.error(exchange, 400, e.getMessage());
        } catch (KeptChains.BusyException e) {
            exchange.getResponseHeaders().remove("ETag");
            exchange.getResponseHeaders().set("Retry-After", "1");
            Reply.error(exchange, 503, String.valueOf(e.getMessage()));
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
        ChainFilter filter = new ChainFilter(
                query.get("service"),
                query.get("verdict"),
                decimal(query.get("min-amplification"), "min-amplification"),
                Math.round(decimal(query.get("min-duration-ms"), "min-duration-ms") * 1e6),
                query.get("session"),
                query.containsKey("failed") && !"false".equals(query.get("failed")),
                query.get("text"));
        if (Reply.unchanged(exchange, life + store.changes())) return;
        TraceStore.Found found = store.recent(limit, filter);
        Chain.Snapshot old =
                found.chains().isEmpty() && filter.asksForTrace() ? onDisk(String.valueOf(filter.text())) : null;
        TraceStore.Found shown = old == null ? found : new TraceStore.Found(List.of(old.summary()), found.services());
        Reply.stream(exchange, json -> new TraceJson(json).list(shown, store.totals()));
    }

    /** What memory has let go, or never had; {@code null} without a folder, and when it is not there either. */
    private Chain.@Nullable Snapshot onDisk(String traceId) throws KeptChains.BusyException {
        try {
            return kept == null ? null : kept.find(traceId);
        } catch (KeptChains.BusyException e) {
            throw e;
        } catch (IOException e) {
            // The reader is well; it is the disk that is not.
            throw new UncheckedIOException(e);
        }
    }

    private void key(HttpExchange exchange, String key) throws IOException {
        List<Chain.Elsewhere> spans = store.withKey(key);
        Reply.json(exchange, 200, json -> {
            json.beginObject().name("key").value(key);
            new TraceJson(json).elsewhere("spans", spans);
            json.endObject();
        });
    }

    private void trace(HttpExchange exchange, String id, Map<String, String> query)
            throws IOException, BadQueryException {
        String traceId = id.length() == 32 ? SpanBatch.id(id.toLowerCase(Locale.ROOT), 16) : null;
        if (traceId == null) {
            throw new BadQueryException("a trace id is 32 hex digits and not all zero");
        }
        String format = query.getOrDefault("format", "json");
        if (!format.equals("json") && !format.equals("text") && !format.equals("otlp")) {
            throw new BadQueryException("format is json, text or otlp");
        }
        int lines = number(query.get("lines"), "lines", style.maxLines());
        int columns = number(query.get("columns"), "columns", style.maxColumns());
        boolean ascii = query.containsKey("ascii") && !"false".equals(query.get("ascii"));
        long version = store.version(traceId);
        if (version >= 0 && format.equals("json") && Reply.unchanged(exchange, life + version)) return;
        Chain.Snapshot held = store.find(traceId);
        boolean old = held == null && kept != null;
        // On disk nothing changes: a reader who has it need not have it searched for again.
        if (old && format.equals("json") && Reply.unchanged(exchange, life + "kept")) return;
        Chain.Snapshot chain = old ? onDisk(traceId) : held;
        if (chain == null) {
            exchange.getResponseHeaders().remove("ETag");
            Reply.error(exchange, 404, "trace " + traceId + " is not here: it never came, or newer ones replaced it");
        } else if (format.equals("json")) {
            List<Chain.Elsewhere> linkedFrom = store.linkedTo(traceId);
            Reply.stream(exchange, json -> new TraceJson(json).chain(chain, linkedFrom, old));
        } else if (format.equals("otlp")) {
            Reply.text(exchange, 200, OtlpJsonWriter.line(chain.spans()) + "\n");
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

    private static double decimal(@Nullable String text, String name) throws BadQueryException {
        if (text == null) {
            return 0;
        }
        if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,6})?")) {
            throw new BadQueryException(name + " is a number from 0 to 999999999, such as 2.5");
        }
        return Double.parseDouble(text);
    }

    private static Map<String, String> query(@Nullable String raw) throws BadQueryException {
        Map<String, String> query = new HashMap<>();
        if (raw == null) {
            return query;
        }
        for (String pair : raw.split("&", 100)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            query.put(decode(name), decode(value));
        }
        return query;
    }

    private static String decode(String text) throws BadQueryException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadQueryException("the address has a broken percent escape");
        }
    }
}
