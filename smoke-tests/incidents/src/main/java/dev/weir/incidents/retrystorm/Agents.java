package dev.weir.incidents.retrystorm;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Agents that come at a steady rate, and once many at the same moment. Each uses ten tools one after the other; the
 * agent, its SDK and its transport all try three times, and a run whose tool fails has failed.
 */
public final class Agents {

    private static final int TOOLS = 10;
    private static final int TRIES = 3;
    private static final int THINKING_MILLIS = 100;
    private static final int BACKOFF_MILLIS = 20;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final AtomicInteger failed = new AtomicInteger();
    private final String dependency;
    private final Duration patience;

    private Agents(String dependency, Duration patience) {
        this.dependency = dependency;
        this.patience = patience;
    }

    /**
     * Arguments: the dependency's URL, how long a try may take in milliseconds, how many agents come one by one, the
     * milliseconds between them, how many come at once, and after how many of the others.
     */
    public static void main(String[] args) throws Exception {
        Agents agents = new Agents(args[0], Duration.ofMillis(Long.parseLong(args[1])));
        int steady = Integer.parseInt(args[2]);
        long pause = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[3]));
        int together = Integer.parseInt(args[4]);
        int after = Integer.parseInt(args[5]);
        ExecutorService threads = Executors.newCachedThreadPool();
        long began = System.nanoTime();
        int next = 0;
        for (int i = 0; i < steady; i++) {
            TimeUnit.NANOSECONDS.sleep(began + i * pause - System.nanoTime());
            int coming = i == after ? 1 + together : 1;
            for (int j = 0; j < coming; j++) {
                int number = next++;
                threads.execute(() -> agents.run(number));
            }
        }
        threads.shutdown();
        if (!threads.awaitTermination(50, TimeUnit.SECONDS)) System.err.println("agents hang");
        System.err.println("failed " + agents.failed.get());
        System.out.println("all agents have ended");
    }

    private void run(int number) {
        try {
            for (int tool = 0; tool < TOOLS; tool++) {
                String question = "run " + number + " uses tool " + tool;
                tries(() -> agentTry(question));
                Thread.sleep(THINKING_MILLIS);
            }
        } catch (Exception e) {
            failed.incrementAndGet();
            System.err.println("run " + number + ": " + e.getMessage());
        }
    }

    private String agentTry(String question) throws Exception {
        return tries(() -> sdkTry(question));
    }

    private String sdkTry(String question) throws Exception {
        return tries(() -> transportTry(question));
    }

    private static String tries(Callable<String> action) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return action.call();
            } catch (IOException e) {
                if (attempt == TRIES) throw e;
                Thread.sleep(BACKOFF_MILLIS);
            }
        }
    }

    private String transportTry(String question) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(dependency))
                .timeout(patience)
                .POST(HttpRequest.BodyPublishers.ofString(question))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException("the dependency answers " + response.statusCode());
        return response.body();
    }
}
