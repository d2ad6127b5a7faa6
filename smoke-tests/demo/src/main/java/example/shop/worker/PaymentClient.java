package example.shop.worker;

import example.shop.Form;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The small client that once came with the payment provider's documentation; it tries three times. */
final class PaymentClient {
    private static final int TRIES = 3;
    private static final int TIMEOUT_MILLIS = 700;

    private final String provider;

    PaymentClient(String provider) {
        this.provider = provider;
    }

    void send(String path, int order, int cents) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                int status = post(path, Form.of("order", order, "cents", cents));
                if (status < 300) {
                    return;
                }
                throw new IOException("payment provider answers " + status);
            } catch (IOException e) {
                if (attempt == TRIES) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    private int post(String path, String form) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(provider + path).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
        connection.setDoOutput(true);
        connection.getOutputStream().write(form.getBytes(StandardCharsets.UTF_8));
        int status = connection.getResponseCode();
        try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            if (body != null) {
                body.readAllBytes();
            }
        }
        return status;
    }
}
