package example.tracing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Sells something: {@code sdk|api|micrometer-otel|micrometer-brave shop-url collector-url}. */
public final class Shop {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Tracing tracing;
    private final String url;

    private Shop(Tracing tracing, String url) {
        this.tracing = tracing;
        this.url = url;
    }

    public static void main(String[] arguments) throws Exception {
        try (Tracing tracing = tracing(arguments[0], arguments[2])) {
            tracing.inSpan("checkout", () -> new Shop(tracing, arguments[1]).buy());
        }
        System.out.println("sold");
    }

    private static Tracing tracing(String how, String collector) {
        return switch (how) {
            case "sdk" -> ByOpenTelemetry.withSdk(collector);
            case "api" -> ByOpenTelemetry.withoutSdk();
            case "micrometer-otel" -> ByMicrometer.overOpenTelemetry(collector);
            case "micrometer-brave" -> ByMicrometer.overBrave();
            default -> throw new IllegalArgumentException(how);
        };
    }

    private void buy() throws Exception {
        tracing.inSpan("pay", () -> {
            while (send(post("/charges")) != 200) continue;
        });
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            // The pool knows nothing of spans.
            tracing.inSpan(
                    "reserve",
                    () -> pool.submit(() -> send(post("/reservations"))).get());
        } finally {
            pool.shutdown();
        }
        tracing.inSpan("receipt", () -> {
            HttpRequest.Builder request = post("/receipts");
            tracing.inject(request);
            send(request);
        });
    }

    private HttpRequest.Builder post(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).POST(HttpRequest.BodyPublishers.ofString(path));
    }

    private int send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
