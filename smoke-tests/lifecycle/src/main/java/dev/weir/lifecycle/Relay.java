package dev.weir.lifecycle;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A service that passes each request on, and the status back. Ends with its standard input. */
public final class Relay {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private Relay() {}

    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> relay(exchange, arguments[0]));
        server.start();
        System.out.println("listening " + server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // Typed at, it goes on.
        }
        server.stop(0);
    }

    private static void relay(HttpExchange exchange, String to) throws IOException {
        try (exchange) {
            int status = CLIENT.send(
                            HttpRequest.newBuilder(URI.create(to + exchange.getRequestURI()))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
