package dev.weir.backend;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A service that asks another one for each request, up to three times. Ends with its standard input. */
public final class Persistent {
    private static final int TRIES = 3;
    private static final int OK = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI next;

    private Persistent(URI next) {
        this.next = next;
    }

    /** Argument: whom to ask. */
    public static void main(String[] arguments) throws IOException {
        Persistent service = new Persistent(URI.create(arguments[0]));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", service::answer);
        server.start();
        System.out.println("listening " + server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // Typed at, it goes on.
        }
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            int status = 0;
            for (int tried = 0; tried < TRIES && status != OK; tried++) status = ask();
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int ask() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(next)
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString("{\"room\":7}"))
                .build();
        HttpResponse<Void> response = client.send(request, BodyHandlers.discarding());
        return response.statusCode();
    }
}
