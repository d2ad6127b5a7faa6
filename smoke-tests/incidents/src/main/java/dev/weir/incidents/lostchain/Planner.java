package dev.weir.incidents.lostchain;

import dev.weir.incidents.service.Service;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The first agent. It hands every call to another thread, each in another way. */
public final class Planner {

    private final ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(4);
    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    private final HttpClient client = HttpClient.newHttpClient();
    private final String researcher;
    private final String tools;
    private final Database notes;
    private final Database orders;

    private Planner(String researcher, String tools, Database notes, Database orders) {
        this.researcher = researcher;
        this.tools = tools;
        this.notes = notes;
        this.orders = orders;
    }

    /** Arguments: the researcher's URL, the tool server's URL, the JDBC URL of the order database. */
    public static void main(String[] args) throws Exception {
        Database notes = new Database("jdbc:h2:mem:planner;DB_CLOSE_DELAY=-1");
        notes.execute("CREATE TABLE note (run VARCHAR(40))");
        Planner planner = new Planner(args[0], args[1], notes, new Database(args[2]));
        Service.create()
                .on("/run", request -> Service.Reply.ok(planner.run(request.query())))
                .run();
        planner.pool.shutdown();
        planner.scheduler.shutdown();
    }

    private String run(String run) throws InterruptedException, ExecutionException {
        List<Future<?>> steps = new ArrayList<>();
        steps.add(pool.submit(() -> get(researcher + "/research?" + run)));
        steps.add(CompletableFuture.supplyAsync(() -> getByUrlConnection(researcher + "/summary?" + run)));
        steps.add(scheduler.schedule(
                () -> notes.update("INSERT INTO note (run) VALUES (?)", run), 20, TimeUnit.MILLISECONDS));
        steps.add(
                onNewThread(new FutureTask<>(() -> orders.update("INSERT INTO planned (run) VALUES (?)", run)), false));
        steps.add(onNewThread(new FutureTask<>(() -> get(tools + "/price?" + run)), true));
        steps.add(client.sendAsync(
                        HttpRequest.newBuilder(URI.create(tools + "/stock?" + run))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .thenComposeAsync(stock -> CompletableFuture.supplyAsync(() -> get(tools + "/order?" + run), pool)));
        for (Future<?> step : steps) step.get();
        return "planned";
    }

    private String get(String url) {
        try {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String getByUrlConnection(String url) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection();
            try (InputStream in = connection.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a thread, a virtual one where the JDK has them and {@code virtual} asks for it. */
    private static Future<?> onNewThread(FutureTask<?> task, boolean virtual) {
        if (virtual && Runtime.version().feature() >= 21) {
            try {
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        } else {
            new Thread(task).start();
        }
        return task;
    }
}
