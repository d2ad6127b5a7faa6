package dev.weir.agent.cli.serve;

import com.google.gson.stream.JsonWriter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes answers, each with headers that keep a browser from guessing, framing or caching. */
final class Reply {
    private Reply() {}

    /** Nothing inline, nothing evaluated, nothing from elsewhere: what a span says can never become a program. */
    private static final String ONLY_THIS_PAGE =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " require-trusted-types-for 'script'; trusted-types lit-html";

    /** Writes JSON. */
    interface Json {
        void write(JsonWriter json) throws IOException;
    }

    static void bytes(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        headers(exchange, type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    static void page(HttpExchange exchange, String type, byte[] file) throws IOException {
        exchange.getResponseHeaders().set("Content-Security-Policy", ONLY_THIS_PAGE);
        bytes(exchange, 200, type, file);
    }

    static void onlyGet(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        error(exchange, 405, "only GET and HEAD are answered here");
    }

    /** Says that the reader has this already, if its request names {@code version}; else notes it on the answer. */
    static boolean unchanged(HttpExchange exchange, String version) throws IOException {
        String tag = '"' + version + '"';
        exchange.getResponseHeaders().set("ETag", tag);
        if (!tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) return false;
        headers(exchange, "application/json");
        exchange.sendResponseHeaders(304, -1);
        return true;
    }

    static void text(HttpExchange exchange, int status, String text) throws IOException {
        bytes(exchange, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static void json(HttpExchange exchange, int status, Json body) throws IOException {
        bytes(exchange, status, "application/json", json(body).getBytes(StandardCharsets.UTF_8));
    }

    static void error(HttpExchange exchange, int status, String message) throws IOException {
        json(
                exchange,
                status,
                json -> json.beginObject().name("error").value(message).endObject());
    }

    /** For what may be large: written as it is made, never whole in memory. */
    static void stream(HttpExchange exchange, Json body) throws IOException {
        headers(exchange, "application/json");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        try (Writer out = new OutputStreamWriter(
                new BufferedOutputStream(exchange.getResponseBody(), 1 << 16), StandardCharsets.UTF_8)) {
            body.write(writer(out));
        }
    }

    static String json(Json body) {
        StringWriter text = new StringWriter();
        try {
            body.write(writer(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static JsonWriter writer(Writer out) {
        JsonWriter json = new JsonWriter(out);
        // So that the text stays harmless if a page ever pastes it into HTML.
        json.setHtmlSafe(true);
        return json;
    }

    private static void headers(HttpExchange exchange, String type) {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Cache-Control", "no-store");
        headers.putIfAbsent("Content-Security-Policy", List.of("default-src 'none'; frame-ancestors 'none'"));
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
    }
}
