package dev.weir.agent.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/** OTLP over HTTP, binary. On the JDK's oldest HTTP client: it is in every JDK, and loads the least. */
final class HttpSender implements Sender {

    private static final String PROTOBUF = "application/x-protobuf";

    private final URL url;
    private final Map<String, String> headers;
    private final boolean gzip;
    private final int timeoutMillis;
    private final @Nullable ClientTls tls;

    HttpSender(URL url, Map<String, String> headers, boolean gzip, int timeoutMillis, @Nullable ClientTls tls) {
        this.url = url;
        this.headers = headers;
        this.gzip = gzip;
        this.timeoutMillis = timeoutMillis;
        this.tls = tls;
    }

    @Override
    public String endpoint() {
        return OtlpTarget.shown(url);
    }

    @Override
    public Answer send(byte[] body, int length) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        if (tls != null && connection instanceof HttpsURLConnection https) {
            https.setSSLSocketFactory(tls.socketFactory());
        }
        connection.setConnectTimeout(timeoutMillis);
        connection.setReadTimeout(timeoutMillis);
        connection.setRequestMethod("POST");
        connection.setInstanceFollowRedirects(false);
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", PROTOBUF);
        connection.setRequestProperty("User-Agent", "weir");
        for (Map.Entry<String, String> header : headers.entrySet()) {
            connection.setRequestProperty(header.getKey(), header.getValue());
        }
        Gzip.Bytes content = gzip ? Gzip.compressed(body, length) : new Gzip.Bytes(body, length);
        if (gzip) connection.setRequestProperty("Content-Encoding", "gzip");
        connection.setFixedLengthStreamingMode(content.length());
        try (OutputStream out = connection.getOutputStream()) {
            out.write(content.array(), 0, content.length());
        }
        int status;
        try {
            status = connection.getResponseCode();
        } catch (HttpRetryException e) {
            // A streamed body cannot follow a demand for credentials, so the JDK gives no answer but this.
            return Answer.refused("HTTP " + e.responseCode());
        }
        return answer(status, connection, reply(status, connection));
    }

    /** Source: OTLP specification, "OTLP/HTTP Response": 429, 502, 503 and 504 may be sent again. */
    private static Answer answer(int status, HttpURLConnection connection, byte[] reply) {
        String type = connection.getContentType();
        boolean protobuf = type == null || type.toLowerCase(Locale.ROOT).startsWith(PROTOBUF);
        String said = "HTTP " + status;
        if (status >= 200 && status < 300) {
            // A login page or a proxy's greeting, as no OTLP receiver answers.
            if (!protobuf && type.toLowerCase(Locale.ROOT).startsWith("text/html")) {
                return Answer.refused(said + " with " + "a web page; is it an OTLP receiver?");
            }
            return protobuf ? CollectorReply.taken(reply, said) : Answer.taken(0, said);
        }
        // The body of a failure is a google.rpc.Status.
        String description = protobuf ? CollectorReply.described(said, ProtobufFields.text(reply, 2)) : said;
        if (status == 404 || status == 405) return Answer.unknown(description);
        boolean again = status == 429 || status == 502 || status == 503 || status == 504;
        if (!again) return Answer.refused(description);
        return Answer.again(retryMillis(connection.getHeaderField("Retry-After"), Instant.now()), description);
    }

    /** {@code Retry-After}: seconds or a date. */
    static long retryMillis(@Nullable String retryAfter, Instant now) {
        if (retryAfter == null) return Answer.BACK_OFF;
        String text = retryAfter.strip();
        try {
            if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return text.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(text) * 1_000;
            }
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(Answer.BACK_OFF, until.toEpochMilli() - now.toEpochMilli());
        } catch (DateTimeException e) {
            return Answer.BACK_OFF;
        }
    }

    /** The body. Reading to its end gives the connection back to be used again. */
    private byte[] reply(int status, HttpURLConnection connection) throws IOException {
        InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        if (in == null) return new byte[0];
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        byte[] buffer = new byte[4_096];
        try (in) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                reply.write(buffer, 0, count);
                if (reply.size() > CollectorReply.LONGEST || System.nanoTime() - end > 0) {
                    // Else closing would read on, to keep the connection.
                    connection.disconnect();
                    break;
                }
            }
        } catch (IOException e) {
            // The status is known; only what was said beside it is not.
            connection.disconnect();
        }
        return reply.toByteArray();
    }

    @Override
    public void close() {
        // Idle connections are the JDK's to close.
    }
}
