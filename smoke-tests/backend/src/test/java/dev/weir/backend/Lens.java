package dev.weir.backend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.util.Map;

/** Zipkin's page, in front of a backend that answers Zipkin's API. */
final class Lens implements AutoCloseable {
    private static final String ROOT = "/zipkin/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8", "js", "text/javascript", "css", "text/css", "svg", "image/svg+xml");

    private final HttpServer http;
    private final SkyWalking backend;

    private Lens(HttpServer http, SkyWalking backend) {
        this.http = http;
        this.backend = backend;
    }

    static Lens start(SkyWalking backend) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Lens lens = new Lens(http, backend);
        http.createContext(ROOT, lens::answer);
        http.start();
        return lens;
    }

    String page(String path) {
        return "http://127.0.0.1:" + http.getAddress().getPort() + ROOT + path;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath().substring(ROOT.length());
            String query = exchange.getRequestURI().getRawQuery();
            if (path.startsWith("api/") || path.equals("config.json")) {
                HttpResponse<String> answer = backend.get(query == null ? path : path + "?" + query);
                send(
                        exchange,
                        answer.statusCode(),
                        "application/json",
                        answer.body().getBytes(UTF_8));
                return;
            }
            // Its own addresses, such as traces/<id>, are all the same file.
            String file = path.contains(".") ? path : "index.html";
            try (InputStream in = Lens.class.getResourceAsStream("/zipkin-lens/" + file)) {
                byte[] body = in == null ? new byte[0] : in.readAllBytes();
                String type = TYPES.getOrDefault(file.replaceFirst(".*\\.", ""), "application/octet-stream");
                send(exchange, in == null ? 404 : 200, type, body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
