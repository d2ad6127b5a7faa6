package dev.weir.benchmark.workload;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;

/** GET with {@code HttpURLConnection}, over one kept-alive connection. */
final class HttpUrlConnectionWorkload implements Workload {

    private final URL target;

    HttpUrlConnectionWorkload(URI target) throws IOException {
        this.target = target.toURL();
    }

    @Override
    public void run(int operations) throws IOException {
        for (int i = 0; i < operations; i++) {
            HttpURLConnection connection = (HttpURLConnection) target.openConnection();
            try (InputStream body = connection.getInputStream()) {
                body.readAllBytes();
            }
            if (connection.getResponseCode() != 200) {
                throw new IOException("answered " + connection.getResponseCode());
            }
        }
    }
}
