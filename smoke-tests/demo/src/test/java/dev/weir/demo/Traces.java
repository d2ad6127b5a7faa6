package dev.weir.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.demo.Outcome.Chain;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code java -jar weir.jar serve}, where the agents send their spans and the launcher reads the causal trees. */
final class Traces {
    private static final long SECONDS = 30;

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ForkedJvm server;
    private final String url;

    private Traces(ForkedJvm server, String url) {
        this.server = server;
        this.url = url;
    }

    static Traces start(Options options, Cleanup cleanup) throws IOException, StepFailed, InterruptedException {
        List<String> arguments = List.of("-Xmx256m", "-jar", options.weir().toString(), "serve", "--port", "0");
        ForkedJvm server = cleanup.add(ForkedJvm.start("serve", options.output(), arguments));
        Pattern listens = Pattern.compile("OTLP/HTTP at (http://[^,\\s]+)");
        return new Traces(server, server.awaitLine(listens, "it listened").group(1));
    }

    String url() {
        return url;
    }

    /** Waits for the chains that customers' requests began since a time; keeps their JSON in the folder. */
    List<Chain> await(int count, long sinceMillis, Path folder) throws IOException, StepFailed, InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (true) {
            List<JsonNode> found = chats(sinceMillis);
            if (found.size() >= count) {
                List<Chain> chains = new ArrayList<>();
                for (JsonNode summary : found) {
                    chains.add(chain(summary, folder.resolve("trace-" + (chains.size() + 1) + ".json")));
                }
                return chains;
            }
            if (System.nanoTime() > giveUp) {
                throw server.failed("has " + found.size() + " of " + count + " chains through all three processes"
                        + " after " + SECONDS + " seconds");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** A customer's request goes through all three processes; nothing else does. */
    private List<JsonNode> chats(long sinceMillis) throws IOException, StepFailed, InterruptedException {
        List<JsonNode> chats = new ArrayList<>();
        for (JsonNode summary :
                json.readTree(get("/api/traces?limit=1000&service=agent")).path("traces")) {
            if (summary.path("rooted").asBoolean()
                    && summary.path("services").size() == 3
                    && started(summary) >= sinceMillis) {
                chats.add(summary);
            }
        }
        chats.sort(Comparator.comparingLong(Traces::started));
        return chats;
    }

    private Chain chain(JsonNode summary, Path file) throws IOException, StepFailed, InterruptedException {
        String path = "/api/traces/" + summary.path("id").asText();
        Files.writeString(file, get(path));
        return new Chain(
                get(path + "?format=text&columns=100"),
                summary.path("amplification").asDouble());
    }

    private static long started(JsonNode summary) {
        return TimeUnit.NANOSECONDS.toMillis(summary.path("startUnixNano").asLong());
    }

    private String get(String path) throws IOException, StepFailed, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(SECONDS))
                .build();
        HttpResponse<String> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw server.failed("does not answer GET " + path + ": " + e);
        }
        if (response.statusCode() != 200) {
            throw server.failed("answers " + response.statusCode() + " to GET " + path + ": " + response.body());
        }
        return response.body();
    }
}
