package dev.weir.incidents.retrytower;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The innermost layer: an HTTP client that tries again when the exchange failed. */
final class Transport {

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI dependency;
    private final int tries;
    private final Duration patience;

    Transport(URI dependency, int tries, Duration patience) {
        this.dependency = dependency;
        this.tries = tries;
        this.patience = patience;
    }

    String post(String body) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpRequest request = HttpRequest.newBuilder(dependency)
                        .timeout(patience)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200) return response.body();
                throw new IOException("HTTP " + response.statusCode());
            } catch (IOException e) {
                if (attempt == tries) throw e;
            }
        }
    }
}
