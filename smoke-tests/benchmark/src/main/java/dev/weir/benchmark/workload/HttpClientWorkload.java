package dev.weir.benchmark.workload;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** GET with {@code java.net.http}, over one kept-alive connection. */
final class HttpClientWorkload implements Workload {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI target;

    HttpClientWorkload(URI target) {
        this.target = target;
    }

    @Override
    public void run(int operations) throws IOException, InterruptedException {
        for (int i = 0; i < operations; i++) {
            HttpRequest request = HttpRequest.newBuilder(target).build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException("answered " + response.statusCode());
            }
        }
    }
}
