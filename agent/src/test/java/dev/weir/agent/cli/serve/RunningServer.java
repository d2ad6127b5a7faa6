package dev.weir.agent.cli.serve;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A receiver on a free port, and a client for it. */
final class RunningServer implements AfterEachCallback, AutoCloseable {
    static final ServeOptions DEFAULTS = new ServeOptions(
            "127.0.0.1",
            0,
            null,
            1_000,
            64L << 20,
            16L << 20,
            Duration.ofMillis(50),
            TreeStyle.PLAIN,
            null,
            1L << 30,
            Duration.ofDays(7),
            false);

    final Captured out = new Captured();
    final Captured err = new Captured();
    final TraceServer server;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    RunningServer() {
        this(options -> options);
    }

    RunningServer(UnaryOperator<ServeOptions> options) {
        try {
            server = TraceServer.start(
                    options.apply(DEFAULTS), InetAddress.getLoopbackAddress(), out.stream(), err.stream());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static ServeOptions limitedTo(int maxTraces, long maxBytes, long maxBody) {
        return new ServeOptions(
                DEFAULTS.host(),
                0,
                null,
                maxTraces,
                maxBytes,
                maxBody,
                DEFAULTS.quiet(),
                DEFAULTS.style(),
                null,
                DEFAULTS.keepBytes(),
                DEFAULTS.keepFor(),
                false);
    }

    static ServeOptions withToken(String token) {
        return new ServeOptions(
                DEFAULTS.host(),
                0,
                token,
                DEFAULTS.maxTraces(),
                DEFAULTS.maxBytes(),
                DEFAULTS.maxBody(),
                DEFAULTS.quiet(),
                DEFAULTS.style(),
                null,
                DEFAULTS.keepBytes(),
                DEFAULTS.keepFor(),
                false);
    }

    /** Two chains in memory, all of them on disk. */
    static ServeOptions mostlyIn(Path data) {
        ServeOptions kept = keptIn(data, 1L << 30, Duration.ofDays(7));
        return new ServeOptions(
                kept.host(),
                0,
                null,
                2,
                kept.maxBytes(),
                kept.maxBody(),
                kept.quiet(),
                kept.style(),
                data,
                kept.keepBytes(),
                kept.keepFor(),
                false);
    }

    static ServeOptions keptIn(Path data, long keepBytes, Duration keepFor) {
        return new ServeOptions(
                DEFAULTS.host(),
                0,
                null,
                DEFAULTS.maxTraces(),
                DEFAULTS.maxBytes(),
                DEFAULTS.maxBody(),
                DEFAULTS.quiet(),
                DEFAULTS.style(),
                data,
                keepBytes,
                keepFor,
                false);
    }

    URI at(String path) {
        return server.uri().resolve(path);
    }

    HttpResponse<byte[]> post(String path, String type, byte[] body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at(path)).timeout(Duration.ofSeconds(60)).POST(BodyPublishers.ofByteArray(body));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    HttpResponse<byte[]> postProtobuf(byte[] body, String... headers) {
        return post("/v1/traces", "application/x-protobuf", body, headers);
    }

    HttpResponse<byte[]> postJson(String body, String... headers) {
        return post("/v1/traces", "application/json", body.getBytes(StandardCharsets.UTF_8), headers);
    }

    HttpResponse<byte[]> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path)).timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    JsonObject json(String path) {
        return json(get(path));
    }

    static JsonObject json(HttpResponse<byte[]> response) {
        JsonElement json = JsonParser.parseString(text(response));
        return json.getAsJsonObject();
    }

    static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    /** Whether all went well: nothing said on stderr. */
    boolean isQuiet() {
        return err.text().isEmpty();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public void close() {
        server.close();
    }
}
