package dev.weir.incidents.webhooks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A hundred workers that each deliver one event, in up to three tries. */
public final class Workers {

    private static final int WORKERS = 100;
    private static final int TRIES = 3;
    private static final Duration PATIENCE = Duration.ofMillis(1_500);

    private Workers() {}

    /** Arguments: the webhook's URL. */
    public static void main(String[] args) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            String event = "event " + i;
            workers.add(threads.submit(() -> {
                deliver(client, URI.create(args[0]), event);
                return null;
            }));
        }
        for (Future<?> worker : workers) worker.get();
        threads.shutdown();
        System.out.println("all workers have ended");
    }

    private static void deliver(HttpClient client, URI webhook, String event) throws InterruptedException {
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            try {
                HttpResponse<Void> response = client.send(
                        HttpRequest.newBuilder(webhook)
                                .timeout(PATIENCE)
                                .POST(HttpRequest.BodyPublishers.ofString(event))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
                if (response.statusCode() < 300) return;
            } catch (IOException e) {
                System.err.println("try " + attempt + " of " + event + " failed: " + e);
            }
        }
    }
}
