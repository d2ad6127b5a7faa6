package dev.weir.incidents.elevenagents;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Eleven agents that ask the model, use a tool, and ask the model again; a failed question is asked once more. */
public final class Fleet {

    private static final int AGENTS = 11;
    private static final int TRIES = 2;
    private static final int IMPATIENCE_MILLIS = 50;

    private Fleet() {}

    /** Arguments: the provider's URL. */
    public static void main(String[] args) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        URI provider = URI.create(args[0]);
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(AGENTS);
        List<Future<?>> agents = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            String name = "agent " + i;
            agents.add(threads.submit(() -> {
                start.await();
                try {
                    String plan = ask(client, provider, name + " asks what to do");
                    ask(client, provider, name + " has used the tool: " + plan);
                    System.err.println("finished " + name);
                } catch (IOException e) {
                    System.err.println("died " + name + " " + e.getMessage());
                }
                return null;
            }));
        }
        start.countDown();
        for (Future<?> agent : agents) agent.get();
        threads.shutdown();
        System.out.println("all agents have ended");
    }

    private static String ask(HttpClient client, URI provider, String question)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            HttpRequest request = HttpRequest.newBuilder(provider)
                    .POST(HttpRequest.BodyPublishers.ofString(question))
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200) return response.body();
            if (attempt == TRIES) throw new IOException("the model answers " + response.statusCode());
            Thread.sleep(IMPATIENCE_MILLIS);
        }
    }
}
