package dev.weir.incidents.lostchain;

import dev.weir.incidents.service.Service;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The second agent. It looks something up and asks the tool server, on threads of a fork-join pool and a scheduler. */
public final class Researcher {

    private final HttpClient client = HttpClient.newHttpClient();
    private final ForkJoinPool forks = new ForkJoinPool(2);
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final String tools;
    private final Database orders;

    private Researcher(String tools, Database orders) {
        this.tools = tools;
        this.orders = orders;
    }

    /** Arguments: the tool server's URL, the JDBC URL of the order database. */
    public static void main(String[] args) throws Exception {
        Researcher researcher = new Researcher(args[0], new Database(args[1]));
        Service.create()
                .on("/research", request -> Service.Reply.ok(researcher.research(request.query())))
                .on("/summary", request -> Service.Reply.ok(researcher.summary(request.query())))
                .run();
        researcher.forks.shutdown();
        researcher.scheduler.shutdown();
    }

    private String research(String run) throws Exception {
        int known = forks.submit(new Lookup()).get();
        String found = CompletableFuture.supplyAsync(() -> tools + "/search?" + run, forks)
                .thenApplyAsync(this::request)
                .thenCompose(request -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                .thenApply(HttpResponse::body)
                .get();
        return known + " known, " + found;
    }

    private String summary(String run) throws Exception {
        return scheduler
                .schedule(
                        () -> client.send(request(tools + "/summarise?" + run), HttpResponse.BodyHandlers.ofString())
                                .body(),
                        10,
                        TimeUnit.MILLISECONDS)
                .get();
    }

    private HttpRequest request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).build();
    }

    /** Counts what is known already. */
    private final class Lookup extends RecursiveTask<Integer> {
        @Override
        protected Integer compute() {
            try {
                return orders.query("SELECT count(*) FROM known");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
