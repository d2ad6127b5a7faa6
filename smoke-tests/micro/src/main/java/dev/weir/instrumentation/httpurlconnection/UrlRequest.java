package dev.weir.instrumentation.httpurlconnection;

import dev.weir.bootstrap.HttpFacts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/** The real facts of a request of {@code HttpURLConnection}, which is never opened. */
public final class UrlRequest {

    private static final String REPLY = String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            "Content-Length: 117",
            "Date: Sun, 22 Nov 2026 08:00:00 GMT",
            "Server: shop",
            "",
            "");

    private final URL url;
    private final HttpURLConnection connection;
    private final Object reply;

    public UrlRequest(String uri) {
        try {
            url = URI.create(uri).toURL();
            connection = (HttpURLConnection) url.openConnection();
            reply = Class.forName(SunNet.HEADERS)
                    .getConstructor(InputStream.class)
                    .newInstance(new ByteArrayInputStream(REPLY.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        connection.setRequestProperty("Accept", "application/json");
        connection.setRequestProperty("User-Agent", "shop/1.4");
        connection.setRequestProperty("Authorization", "Bearer 0123456789abcdef0123456789abcdef");
        connection.setRequestProperty("X-Request-Id", "6f1c8e4e-1d0b-4f6e-9f51-2a0a3a1f7c55");
    }

    public HttpFacts begin() {
        return new RequestFacts(connection, url, "GET", true, null, false);
    }

    public void answered(HttpFacts facts) {
        ((RequestFacts) facts).replied(reply);
    }
}
