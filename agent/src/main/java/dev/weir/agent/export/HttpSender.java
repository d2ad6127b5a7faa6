package dev.weir.agent.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** OTLP over HTTP, binary. On the JDK's oldest HTTP client: it is in every JDK, and loads the least. */
final class HttpSender implements Sender {

    private static final int DEFAULT_RETRY_MILLIS = 1_000;
    private static final int LONGEST_RETRY_MILLIS = 30_000;

    private final URL url;
    private final Map<String, String> headers;
    private final boolean gzip;
    private final int timeoutMillis;

    HttpSender(URL url, Map<String, String> headers, boolean gzip, int timeoutMillis) {
        this.url = url;
        this.headers = headers;
        this.gzip = gzip;
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public String endpoint() {
        return url.toString();
    }

    @Override
    public Answer send(byte[] body, int length) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setConnectTimeout(timeoutMillis);
        connection.setReadTimeout(timeoutMillis);
        connection.setRequestMethod("POST");
        connection.setInstanceFollowRedirects(false);
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/x-protobuf");
        connection.setRequestProperty("User-Agent", "weir");
        for (Map.Entry<String, String> header : headers.entrySet()) {
            connection.setRequestProperty(header.getKey(), header.getValue());
        }
        if (gzip) {
            connection.setRequestProperty("Content-Encoding", "gzip");
            ByteArrayOutputStream compressed = new ByteArrayOutputStream(length / 4 + 64);
            try (OutputStream out = new GZIPOutputStream(compressed)) {
                out.write(body, 0, length);
            }
            connection.setFixedLengthStreamingMode(compressed.size());
            try (OutputStream out = connection.getOutputStream()) {
                compressed.writeTo(out);
            }
        } else {
            connection.setFixedLengthStreamingMode(length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body, 0, length);
            }
        }
        int status = connection.getResponseCode();
        // Reading to the end gives the connection back to be used again.
        discard(status < 400 ? connection.getInputStream() : connection.getErrorStream());
        return answer(status, connection.getHeaderField("Retry-After"));
    }

    /** Source: OTLP specification, "Failures": 429, 502, 503 and 504 may be sent again. */
    private static Answer answer(int status, @Nullable String retryAfter) {
        if (status >= 200 && status < 300) return new Answer(true, -1, "HTTP " + status);
        boolean again = status == 429 || status == 502 || status == 503 || status == 504;
        return new Answer(false, again ? retryMillis(retryAfter) : -1, "HTTP " + status);
    }

    private static long retryMillis(@Nullable String retryAfter) {
        if (retryAfter == null) return DEFAULT_RETRY_MILLIS;
        try {
            long seconds = Long.parseLong(retryAfter.strip());
            return seconds < 0 ? DEFAULT_RETRY_MILLIS : Math.min(LONGEST_RETRY_MILLIS, seconds * 1_000);
        } catch (NumberFormatException e) {
            return DEFAULT_RETRY_MILLIS;
        }
    }

    private static void discard(@Nullable InputStream in) throws IOException {
        if (in == null) return;
        try (in) {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    @Override
    public void close() {
        // Idle connections are the JDK's to close.
    }
}
