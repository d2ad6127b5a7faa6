package dev.weir.demo;

import dev.weir.demo.Outcome.Story;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One run of the shop: three JVMs, two requests of a customer, and what the payment provider counted. */
final class ShopRun {
    private static final String CHARGE = "Buy 2 keyboards, order 1001.";
    private static final String REFUND = "Refund order 1000.";

    /** Log lines of the shop start with the time in milliseconds. */
    private static final String LOG_FORMAT = "-Djava.util.logging.SimpleFormatter.format=%1$tQ %4$s %5$s%6$s%n";

    private final Options options;
    private final Mode mode;
    private final @Nullable Traces traces;
    private final Cleanup cleanup;
    private final Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    /** The traces are where Weir sends its spans: null only without Weir. */
    ShopRun(Options options, Mode mode, @Nullable Traces traces, Cleanup cleanup) throws IOException {
        this.options = options;
        this.mode = mode;
        this.traces = traces;
        this.cleanup = cleanup;
        this.folder = options.output().resolve(mode.word);
        Cleanup.deleteFolder(folder);
        Files.createDirectories(folder.resolve("reports"));
    }

    Outcome play(String model, String database) throws IOException, StepFailed, InterruptedException {
        long began = System.currentTimeMillis();
        ForkedJvm payments = start("payments", "example.shop.payments.PaymentProvider");
        String paymentsUrl = urlOf(payments);
        ForkedJvm worker = start(
                "worker",
                "example.shop.worker.Worker",
                database,
                paymentsUrl,
                folder.resolve("reports").toString());
        ForkedJvm agent = start("agent", "example.shop.agent.Agent", model, urlOf(worker));
        String agentUrl = urlOf(agent);

        List<Story> stories = new ArrayList<>();
        stories.add(ask(agent, agentUrl, CHARGE));
        long asked = System.currentTimeMillis();
        stories.add(ask(agent, agentUrl, REFUND));
        long answered = System.currentTimeMillis();
        long gaveUp = timeOf(agent, "refund of order 1000: gave up");
        long ended = timeOf(worker, "refund of order 1000 ends");
        List<String> calls = post(payments, paymentsUrl + "/calls", "").lines().toList();

        // Agent first: each process still has its callees when it says what it has left to say.
        agent.finish();
        worker.finish();
        payments.finish();

        return new Outcome(
                mode,
                stories,
                traces == null ? List.of() : traces.await(stories.size(), began, folder),
                count(calls, "charge", 0),
                count(calls, "refund", 0),
                count(calls, "refund", gaveUp),
                answered - asked,
                Math.max(0, ended - gaveUp),
                count(calls, "payout", gaveUp) > 0);
    }

    private ForkedJvm start(String name, String mainClass, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", LOG_FORMAT));
        if (traces != null) {
            command.addAll(mode.agentOptions(options));
            command.add("-Dotel.exporter.otlp.endpoint=" + traces.url());
            command.add("-Dotel.service.name=" + name);
        }
        String jars = options.shop().resolve("*")
                + File.pathSeparator
                + options.shop().resolve("lib").resolve("*");
        if (options.ownLibraries() == null) {
            command.addAll(List.of("-classpath", jars, mainClass));
        } else {
            String ownJars = options.ownLibraries().resolve("*").toString();
            command.addAll(List.of("-classpath", ownJars + File.pathSeparator + jars));
            command.addAll(List.of("example.shop.OwnLibraries", mainClass));
        }
        command.addAll(List.of(arguments));
        return cleanup.add(ForkedJvm.start(name, folder, command));
    }

    private static String urlOf(ForkedJvm service) throws IOException, StepFailed, InterruptedException {
        return service.awaitLine(Pattern.compile("listens on (http://\\S+)"), "it listened")
                .group(1);
    }

    private static long timeOf(ForkedJvm service, String message) throws IOException, StepFailed, InterruptedException {
        Pattern line = Pattern.compile("(?m)^(\\d+) \\S+ " + Pattern.quote(message));
        MatchResult found = service.awaitLine(line, "\"" + message + "\" was logged");
        return Long.parseLong(found.group(1));
    }

    private Story ask(ForkedJvm agent, String url, String request)
            throws IOException, StepFailed, InterruptedException {
        String form = "message=" + URLEncoder.encode(request, StandardCharsets.UTF_8);
        return new Story(request, post(agent, url + "/chat", form));
    }

    private String post(ForkedJvm service, String url, String body)
            throws IOException, StepFailed, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(90))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw service.failed("does not answer " + url + ": " + e);
        }
        if (response.statusCode() != 200) {
            throw service.failed(String.format(Locale.ROOT, "answers %d to %s", response.statusCode(), url));
        }
        return response.body();
    }

    /** Counts the provider's lines of a kind from a time on. */
    private static int count(List<String> calls, String kind, long from) {
        int count = 0;
        for (String call : calls) {
            String[] kindAndTime = call.split(" ");
            if (kindAndTime[0].equals(kind) && Long.parseLong(kindAndTime[1]) > from) {
                count++;
            }
        }
        return count;
    }
}
