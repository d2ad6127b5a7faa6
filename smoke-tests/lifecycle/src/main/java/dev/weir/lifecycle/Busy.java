package dev.weir.lifecycle;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Calls without pause on several threads, sync and async, until its standard input ends; then says how that went. */
public final class Busy {

    private static final int THREADS = 4;

    private Busy() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger failures = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            boolean async = i % 2 == 0;
            Thread thread = new Thread(() -> {
                while (!stop.get()) {
                    if (!call(client, arguments[0], async)) failures.incrementAndGet();
                }
            });
            thread.start();
            threads.add(thread);
        }
        System.out.println("calling");
        while (System.in.read() >= 0) {
            // Typed at, it goes on.
        }
        stop.set(true);
        for (Thread thread : threads) thread.join();
        System.out.println("failures " + failures);
    }

    private static boolean call(HttpClient client, String url, boolean async) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        try {
            HttpResponse<Void> response;
            if (async) {
                CompletableFuture<HttpResponse<Void>> sent =
                        client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
                response = sent.join();
            } else {
                response = client.send(request, HttpResponse.BodyHandlers.discarding());
            }
            return response.statusCode() == 200;
        } catch (IOException | InterruptedException | RuntimeException e) {
            System.out.println(e);
            return false;
        }
    }
}
