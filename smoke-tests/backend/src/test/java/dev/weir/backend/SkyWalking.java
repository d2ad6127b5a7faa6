package dev.weir.backend;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Apache SkyWalking: takes OTLP over gRPC, and is asked over Zipkin's API. Everything is in memory. */
final class SkyWalking implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int STARTS = 3;
    /** It reads one file for each source of metrics; this test sends none. */
    private static final List<String> NO_METRICS = List.of(
            "browser",
            "cilium",
            "core",
            "disable",
            "dotnet-agent",
            "ebpf",
            "envoy",
            "event",
            "java-agent",
            "mesh",
            "tcp");

    /** Folders that it wants to see. */
    private static final List<String> EMPTY = List.of("otel-rules", "openapi-definitions", "ui-initialized-templates");

    private final Forked process;
    private final int grpcPort;
    final URI zipkin;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private SkyWalking(Forked process, int grpcPort, int queryPort) {
        this.process = process;
        this.grpcPort = grpcPort;
        this.zipkin = URI.create("http://127.0.0.1:" + queryPort + "/zipkin/");
    }

    static SkyWalking start(Path folder) throws Exception {
        Path config = config(folder);
        // It cannot choose ports by itself, and somebody may take a free one before it does.
        for (int tried = 1; ; tried++) {
            SkyWalking started = launch(config, ports());
            try {
                started.awaitReady();
                return started;
            } catch (AssertionError e) {
                started.close();
                boolean taken =
                        started.process.said().stream().anyMatch(line -> line.contains("Address already in use"));
                if (!taken || tried == STARTS) throw e;
            }
        }
    }

    private static SkyWalking launch(Path config, int[] ports) throws IOException {
        String libraries = Files.readString(Path.of(System.getProperty("skywalking.class-path")))
                .strip();
        return new SkyWalking(
                Forked.java(
                        config,
                        List.of(
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-Dcom.linecorp.armeria.warnNettyVersions=false",
                                "-Dcore.default.gRPCPort=" + ports[0],
                                "-Dcore.default.restPort=" + ports[1],
                                "-Dquery-zipkin.default.restPort=" + ports[2],
                                "-cp",
                                config + System.getProperty("path.separator") + libraries,
                                "org.apache.skywalking.oap.server.starter.OAPServerStartUp")),
                ports[0],
                ports[2]);
    }

    private static Path config(Path folder) throws Exception {
        Path ours = Path.of(SkyWalking.class.getResource("/skywalking").toURI());
        Path config = Files.createDirectories(folder.resolve("skywalking"));
        try (Stream<Path> files = Files.list(ours)) {
            for (Path file : files.toList()) Files.copy(file, config.resolve(file.getFileName()));
        }
        Files.createFile(config.resolve("bydb.yml"));
        for (String each : EMPTY) Files.createDirectory(config.resolve(each));
        Path metrics = Files.createDirectory(config.resolve("oal"));
        for (String source : NO_METRICS) Files.createFile(metrics.resolve(source + ".oal"));
        return config;
    }

    private static int[] ports() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            return held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } finally {
            for (ServerSocket each : held) each.close();
        }
    }

    private void awaitReady() throws Exception {
        await("it answers", () -> {
            if (!process.isAlive()) throw new AssertionError("SkyWalking ended: " + process.said());
            try (Socket grpc = new Socket(InetAddress.getLoopbackAddress(), grpcPort)) {
                return grpc.isConnected() && get("api/v2/services").statusCode() == 200;
            } catch (ConnectException e) {
                return false;
            }
        });
    }

    /** Where agents send to. */
    String endpoint() {
        return "http://127.0.0.1:" + grpcPort;
    }

    /** One trace as it is known now: an array of spans in Zipkin's form, empty where it is not known. */
    JsonArray trace(String id) throws IOException, InterruptedException {
        HttpResponse<String> answer = get("api/v2/trace/" + id);
        return answer.statusCode() == 200
                ? JsonParser.parseString(answer.body()).getAsJsonArray()
                : new JsonArray();
    }

    /** What a person who types this into the field for tags finds: an array of traces. */
    JsonArray search(String annotationQuery) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                get("api/v2/traces?annotationQuery=" + URLEncoder.encode(annotationQuery, StandardCharsets.UTF_8));
        if (answer.statusCode() != 200) throw new AssertionError(answer.statusCode() + " " + answer.body());
        return JsonParser.parseString(answer.body()).getAsJsonArray();
    }

    /** Searches until what is found will do. */
    JsonArray awaitSearch(String annotationQuery, Predicate<JsonArray> enough) throws Exception {
        await(annotationQuery, () -> enough.test(search(annotationQuery)));
        return search(annotationQuery);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(zipkin.resolve(path)).timeout(PATIENCE).build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** What is asked of it until the answer is yes. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    void await(String what, Condition condition) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        @Nullable Exception last = null;
        while (System.nanoTime() < until) {
            try {
                if (condition.holds()) return;
            } catch (IOException e) {
                last = e;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new AssertionError("waited in vain: " + what + "; SkyWalking says " + process.said(), last);
    }

    @Override
    public void close() {
        process.close();
    }
}
