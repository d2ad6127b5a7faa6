package dev.weir.incidents.hopthree;

import dev.weir.incidents.service.Service;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** The first hop: it passes a request on and answers 504 when there is no reply within 500 ms. */
public final class Gateway {

    private static final Duration PATIENCE = Duration.ofMillis(500);

    private Gateway() {}

    /** Arguments: the next hop's URL. */
    public static void main(String[] args) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        Service.create()
                .on("/ask", request -> {
                    HttpRequest onward = HttpRequest.newBuilder(URI.create(args[0] + "?" + request.query()))
                            .timeout(PATIENCE)
                            .build();
                    try {
                        HttpResponse<String> response = client.send(onward, HttpResponse.BodyHandlers.ofString());
                        return new Service.Reply(response.statusCode(), response.body());
                    } catch (HttpTimeoutException e) {
                        return new Service.Reply(504, "gave up after " + PATIENCE.toMillis() + " ms");
                    }
                })
                .run();
    }
}
