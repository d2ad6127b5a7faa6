package example.shop.agent;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import example.shop.Form;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.logging.Logger;

/** The agent's tools: each calls the worker over HTTP. */
final class ShopTools {
    private static final Logger LOG = Logger.getLogger(ShopTools.class.getName());
    private static final int TRIES = 3;
    private static final Duration PATIENT = Duration.ofSeconds(30);
    private static final Duration CUSTOMER_WAITS = Duration.ofSeconds(1);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String worker;

    ShopTools(String worker) {
        this.worker = worker;
    }

    @Tool("Reserves stock for an order")
    String reserveStock(
            @P("number of the order") String order, @P("article") String article, @P("how many") int quantity)
            throws IOException, InterruptedException {
        return post("/stock", Form.of("order", order, "article", article, "quantity", quantity), PATIENT)
                .body();
    }

    @Tool("Charges the customer's card for an order")
    String chargeCard(@P("number of the order") String order, @P("amount in cents") int cents)
            throws IOException, InterruptedException {
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            try {
                HttpResponse<String> answer = post("/charges", Form.of("order", order, "cents", cents), PATIENT);
                if (answer.statusCode() < 500) {
                    return answer.body();
                }
                LOG.info("charge of order " + order + ": HTTP " + answer.statusCode());
            } catch (IOException e) {
                LOG.info("charge of order " + order + ": " + e);
            }
            Thread.sleep(50);
        }
        return "card not charged";
    }

    @Tool("Gives the money for an order back")
    String refundCard(@P("number of the order") String order, @P("amount in cents") int cents)
            throws IOException, InterruptedException {
        try {
            return post("/refunds", Form.of("order", order, "cents", cents), CUSTOMER_WAITS)
                    .body();
        } catch (HttpTimeoutException e) {
            LOG.info("refund of order " + order + ": gave up");
            return "no refund, the provider does not answer";
        }
    }

    @Tool("Writes a report about an order")
    String writeReport(@P("number of the order") String order) throws IOException, InterruptedException {
        return post("/reports", Form.of("order", order), PATIENT).body();
    }

    private HttpResponse<String> post(String path, String form, Duration timeout)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(worker + path))
                .timeout(timeout)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
