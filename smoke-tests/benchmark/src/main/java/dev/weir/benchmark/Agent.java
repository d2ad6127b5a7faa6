package dev.weir.benchmark;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What is attached to a measured process. */
enum Agent {
    NONE("none", "no agent", 0),
    EMPTY("empty", "empty agent", 0),
    WEIR("weir", "Weir", 131_072),
    OPENTELEMETRY("opentelemetry", "OpenTelemetry", 2_048);

    private final String id;
    private final String title;
    private final int exportQueue;

    Agent(String id, String title, int exportQueue) {
        this.id = id;
        this.title = title;
        this.exportQueue = exportQueue;
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    /** How many spans wait at most before the agent drops some, by default. */
    int exportQueue() {
        return exportQueue;
    }

    boolean exports() {
        return exportQueue > 0;
    }

    /** Tracing on, every root sampled, to the sink; all else as it comes out of the box. */
    List<String> jvmOptions(Map<Agent, Path> jars, URI sink) {
        return switch (this) {
            case NONE -> List.of();
            case EMPTY -> List.of("-javaagent:" + jars.get(this));
            case WEIR ->
                List.of(
                        "-javaagent:" + jars.get(this),
                        "-Dotel.service.name=benchmark",
                        "-Dotel.exporter.otlp.endpoint=" + sink);
            case OPENTELEMETRY ->
                List.of(
                        "-javaagent:" + jars.get(this),
                        "-Dotel.service.name=benchmark",
                        "-Dotel.exporter.otlp.endpoint=" + sink,
                        "-Dotel.exporter.otlp.protocol=http/protobuf",
                        "-Dotel.metrics.exporter=none",
                        "-Dotel.logs.exporter=none");
        };
    }
}
