package dev.weir.micro.lines;

import dev.weir.micro.Sink;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;

/** How late the slowest calls are, with each agent at the same rate. */
final class TailLine {

    private static final String LINE = "tail";
    private static final String NONE = "none";
    private static final String WEIR = "weir";
    private static final String OPENTELEMETRY = "opentelemetry";
    /** Of what can be done without an agent. */
    private static final double PART = 0.7;

    private final int rounds;
    private final int warmUpSeconds;
    private final int seconds;

    private TailLine(int rounds, int warmUpSeconds, int seconds) {
        this.rounds = rounds;
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    static TailLine of(Effort effort) {
        return switch (effort) {
            case FULL -> new TailLine(7, 5, 6);
            case QUICK -> new TailLine(3, 2, 2);
            case SMOKE -> new TailLine(1, 1, 1);
        };
    }

    List<Row> measure() throws IOException, InterruptedException {
        Random random = new Random();
        Map<String, List<Said>> said = new HashMap<>();
        List<String> agents = new ArrayList<>(List.of(NONE, WEIR, OPENTELEMETRY));
        List<Double> rates = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            rates.add(PART * run(NONE, 0).get("rate"));
            Collections.shuffle(agents, random);
            for (String agent : agents) {
                said.computeIfAbsent(agent, name -> new ArrayList<>()).add(run(agent, rates.get(round)));
            }
        }
        Sample rate = Sample.of(rates.stream().mapToDouble(Double::doubleValue).toArray());
        String at = ", µs, at " + Math.round(rate.median()) + " calls per s";
        Sample weir = sample(said, WEIR, "p999");
        return List.of(
                Row.shown(LINE, "p50" + at, sample(said, WEIR, "p50"), "none", sample(said, NONE, "p50")),
                Row.shown(LINE, "p50" + at, sample(said, WEIR, "p50"), "OTel", sample(said, OPENTELEMETRY, "p50")),
                Row.shown(LINE, "p99.9" + at, weir, "none", sample(said, NONE, "p999")),
                Row.noWorse(LINE, "p99.9" + at, weir, "OTel", sample(said, OPENTELEMETRY, "p999")));
    }

    private static Sample sample(Map<String, List<Said>> said, String agent, String word) {
        return Sample.of(said.getOrDefault(agent, List.of()).stream()
                .mapToDouble(run -> run.get(word))
                .toArray());
    }

    private Said run(String agent, double rate) throws IOException, InterruptedException {
        try (Target target = new Target();
                Sink sink = Sink.counting()) {
            List<String> options = new ArrayList<>(List.of("-Xms512m", "-Xmx512m"));
            if (!agent.equals(NONE)) {
                options.add("-javaagent:" + System.getProperty(agent + ".jar"));
                options.addAll(List.of(
                        "-Dotel.service.name=tail",
                        "-Dotel.exporter.otlp.endpoint=" + sink.endpoint(),
                        "-Dotel.exporter.otlp.protocol=http/protobuf",
                        "-Dotel.metrics.exporter=none",
                        "-Dotel.logs.exporter=none"));
            }
            Said said = Child.run(
                    place(TailCalls.class) + File.pathSeparator + place(Histogram.class),
                    options,
                    TailCalls.class,
                    List.of(target.address(), warmUpSeconds + "", seconds + "", rate + ""),
                    word -> {});
            if (sink.complaint() != null) throw new IOException(sink.complaint());
            if (!agent.equals(NONE) && sink.received() == 0) throw new IOException(agent + " exported nothing");
            return said;
        }
    }

    private static Path place(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
