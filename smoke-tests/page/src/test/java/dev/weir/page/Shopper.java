package dev.weir.page;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** An application that knows nothing of Weir: it buys, and tries six times. Runs in a JVM of its own, with the agent. */
public final class Shopper {
    private Shopper() {}

    /** Arguments: the URL of a shop. */
    public static void main(String[] args) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        for (int tries = 1; tries <= 6; tries++) {
            HttpRequest order = HttpRequest.newBuilder(URI.create(args[0]))
                    .POST(BodyPublishers.ofString("one book"))
                    .build();
            int status = http.send(order, BodyHandlers.discarding()).statusCode();
            if (status == 200) return;
        }
        System.out.println("no book");
    }
}
