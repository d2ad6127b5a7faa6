package dev.weir.agent.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A {@code serve} that runs somewhere, to whoever asks it over HTTP. */
public final class Receiver {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final URI address;
    private final @Nullable String token;

    /** @param token {@code null} or blank for none */
    public Receiver(URI address, @Nullable String token) {
        this.address = address;
        this.token = token;
    }

    /**
     * What is at a path; {@code null} when nothing is.
     *
     * @throws CommandFailure when there is no answer, or none that helps
     */
    public @Nullable String get(String path) throws InterruptedException {
        HttpResponse<String> answer = send(path, HttpRequest.newBuilder().GET());
        return answer.statusCode() == 404 ? null : body(path, answer);
    }

    /** Sends OTLP's JSON form, and gives the answer. */
    public String post(String path, String json) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
        return body(path, send(path, request));
    }

    private String body(String path, HttpResponse<String> answer) {
        int status = answer.statusCode();
        if (status == 401 || status == 403) {
            throw new CommandFailure(address + " wants a token: --token <secret>, or WEIR_SERVE_TOKEN.");
        }
        if (status < 200 || status > 299) throw new CommandFailure(address + " answers " + status + " to " + path);
        return answer.body();
    }

    private HttpResponse<String> send(String path, HttpRequest.Builder request) throws InterruptedException {
        try {
            request.uri(address.resolve(path)).timeout(PATIENCE);
            if (token != null && !token.isBlank()) request.header("Authorization", "Bearer " + token);
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CommandFailure("nobody answers at " + address + " (" + e.getMessage()
                    + "). Start 'java -jar weir.jar serve' there, or say where it is.");
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(address + " is no http:// address. Write, for example, http://127.0.0.1:4318.");
        }
    }
}
