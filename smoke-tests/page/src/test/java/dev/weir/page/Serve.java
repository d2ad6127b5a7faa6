package dev.weir.page;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** {@code java -jar weir.jar serve}, as a user starts it. */
final class Serve implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile("OTLP/HTTP at (http://[^,\\s]+), page at (http://\\S+)");

    private final Process process;
    private final String token;
    final URI page;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Serve(Process process, URI page, String token) {
        this.process = process;
        this.page = page;
        this.token = token;
    }

    static Serve start(String... arguments) throws Exception {
        return start("512m", arguments);
    }

    static Serve start(String heap, String[] arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx" + heap, "-jar", System.getProperty("weir.jar"), "serve", "--port", "0"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("WEIR_SERVE_TOKEN");
        Process process = builder.start();
        CompletableFuture<URI> listens = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(process, listens), "serve-output");
        reader.setDaemon(true);
        reader.start();
        try {
            URI page = listens.get(60, TimeUnit.SECONDS);
            int token = List.of(arguments).indexOf("--token");
            return new Serve(process, page, token < 0 ? "" : arguments[token + 1]);
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static void read(Process process, CompletableFuture<URI> listens) {
        StringBuilder output = new StringBuilder();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = LISTENS.matcher(line);
                if (matcher.find()) listens.complete(URI.create(matcher.group(2)));
                if (!listens.isDone()) output.append(line).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            listens.completeExceptionally(new IllegalStateException("serve ended: " + output));
        }
    }

    long pid() {
        return process.pid();
    }

    void send(Spans spans) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
            gzip.write(spans.request());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(page.resolve("/v1/traces"))
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(body.toByteArray()));
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        HttpResponse<String> reply = send(request.build());
        if (reply.statusCode() != 200) throw new IllegalStateException(reply.statusCode() + " " + reply.body());
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
