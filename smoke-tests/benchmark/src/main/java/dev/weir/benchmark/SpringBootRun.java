package dev.weir.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A Spring Boot application until it is ready; then one request to it, so that there are spans to be counted. */
final class SpringBootRun {

    private final JavaCommand java;
    private final ClassArchive archive;
    private final Path directory;

    SpringBootRun(JavaCommand java, ClassArchive archive, Path directory) {
        this.java = java;
        this.archive = archive;
        this.directory = directory;
    }

    RunResult run(Line line, Agent agent, String name) throws InterruptedException {
        Path errors = directory.resolve(name + ".err");
        Path classes = directory.resolve(name + ".classes");
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        List<String> objections = new ArrayList<>();
        try (SpanSink sink = new SpanSink()) {
            boolean archived = line == Line.ARCHIVE;
            if (archived && !archive.isMade()) {
                makeArchive(sink);
            }
            List<String> printed =
                    start(agent, sink, archived ? archive.optionsToUse(classes) : List.of(), errors, values);
            if (archived) {
                values.put(Metric.START_ARCHIVED, (double) archive.used(classes));
                values.put(
                        Metric.START_WARNINGS,
                        (double) JvmWarnings.in(printed) + JvmWarnings.in(Files.readAllLines(errors)));
            }
            sink.complaint().ifPresent(objections::add);
            new SpanExpectation(1, line.spansPerRoot(agent))
                    .objection(sink.received())
                    .ifPresent(objections::add);
            AgentErrors.in(errors).ifPresent(objections::add);
            AgentErrors.in(printed).ifPresent(objections::add);
            values.keySet().retainAll(line.metrics());
            return new RunResult(line, agent, values, objections, List.of());
        } catch (IOException e) {
            return RunResult.failed(line, agent, e.getMessage() + AgentErrors.lastLine(errors));
        }
    }

    private void makeArchive(SpanSink sink) throws IOException, InterruptedException {
        Path errors = directory.resolve("archive.err");
        start(Agent.NONE, sink, archive.optionsToMake(), errors, new EnumMap<>(Metric.class));
        if (!archive.isMade()) {
            throw new IOException("the JVM made no archive" + AgentErrors.lastLine(errors));
        }
    }

    /** Returns what was printed. */
    private List<String> start(
            Agent agent, SpanSink sink, List<String> options, Path errors, Map<Metric, Double> values)
            throws IOException, InterruptedException {
        List<String> command = java.springBoot(agent, sink, options);
        long start = System.nanoTime();
        try (MeasuredProcess process = new MeasuredProcess(command, errors)) {
            values.put(Metric.START_CPU, (double) ProcessStatus.cpuMillis(process.pid()));
            values.put(Metric.START_WALL, (System.nanoTime() - start) / 1e6);
            values.put(
                    Metric.START_RSS,
                    ProcessStatus.peakKilobytes(process.pid()).orElseThrow(() -> new IOException("gone when ready"))
                            / 1024.0);
            get(URI.create("http://127.0.0.1:" + process.port() + "/item/7"));
            int status = process.stop();
            if (status != 0) {
                throw new IOException("ended with status " + status);
            }
            return process.printed();
        }
    }

    private static void get(URI uri) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        if (!response.body().equals("item 7")) {
            throw new IOException(uri + " answered " + response.statusCode() + " " + response.body());
        }
    }
}
