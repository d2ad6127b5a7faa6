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

/** Writes answers, each with headers that keep a browser from guessing, framing or caching. */
final class Reply {
    private Reply() {}

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
        headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
    }
}
