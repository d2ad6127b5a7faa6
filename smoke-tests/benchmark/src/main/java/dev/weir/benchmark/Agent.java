package dev.weir.benchmark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is attached to a measured process. */
enum Agent {
    NONE("none", "no agent", "", 0, 0),
    EMPTY("empty", "empty agent", "empty", 0, 0.1),
    WEIR("weir", "Weir", "weir", 131_072, 0.5),
    /** The same jar with every rule off: what is left is context, identity and spans. */
    WEIR_PROPAGATION("weir-propagation", "Weir, rules off", "weir", 131_072, 0.5),
    OPENTELEMETRY("opentelemetry", "OpenTelemetry", "opentelemetry", 2_048, 7.5),
    DATADOG("datadog", "Datadog", "datadog", 1_000, 2),
    /** Of this queue, and of what stands in the compressor of a request that is still open. */
    ELASTIC("elastic", "Elastic", "elastic", 8_192, 5.5),
    GLOWROOT("glowroot", "Glowroot", "glowroot", 2_048, 5.5);

    private final String id;
    private final String title;
    private final String jar;
    private final int exportQueue;
    private final double startSeconds;

    Agent(String id, String title, String jar, int exportQueue, double startSeconds) {
        this.id = id;
        this.title = title;
        this.jar = jar;
        this.exportQueue = exportQueue;
        this.startSeconds = startSeconds;
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    /** The name of the jar to be attached, without its ending; empty if there is none. */
    String jar() {
        return jar;
    }

    /** How many spans wait at most before the agent drops some. */
    int exportQueue() {
        return exportQueue;
    }

    boolean exports() {
        return exportQueue > 0;
    }

    /** Whether it sends what it still holds when the program ends. */
    boolean flushesAtTheEnd() {
        return this != GLOWROOT;
    }

    /** The newest Java whose classes it can read. */
    int newestJdk() {
        return this == GLOWROOT ? 17 : Integer.MAX_VALUE;
    }

    /** Roughly what it adds to the start of a program on an idle machine, to say how long all runs will take. */
    double startSeconds() {
        return startSeconds;
    }

    /** Tracing on, every root sampled, to the sink; all else as it comes out of the box. */
    List<String> jvmOptions(Map<Agent, Path> jars, SpanSink sink) throws IOException {
        List<String> options = new ArrayList<>();
        if (!jar.isEmpty()) {
            options.add("-javaagent:" + jars.get(this));
        }
        URI endpoint = sink.endpoint();
        switch (this) {
            case NONE, EMPTY -> {
                // nothing to be set
            }
            case WEIR, WEIR_PROPAGATION -> {
                options.add("-Dotel.service.name=benchmark");
                options.add("-Dotel.exporter.otlp.endpoint=" + endpoint);
                if (this == WEIR_PROPAGATION) {
                    options.add("-Dweir.mode=off");
                }
            }
            case OPENTELEMETRY ->
                options.addAll(List.of(
                        "-Dotel.service.name=benchmark",
                        "-Dotel.exporter.otlp.endpoint=" + endpoint,
                        "-Dotel.exporter.otlp.protocol=http/protobuf",
                        "-Dotel.metrics.exporter=none",
                        "-Dotel.logs.exporter=none"));
            case DATADOG ->
                options.addAll(List.of(
                        "-Ddd.service=benchmark",
                        "-Ddd.trace.agent.url=" + endpoint,
                        // Tracing only, as for the others.
                        "-Ddd.jmxfetch.enabled=false",
                        "-Ddd.runtime.metrics.enabled=false",
                        "-Ddd.instrumentation.telemetry.enabled=false",
                        "-Ddd.remote_config.enabled=false"));
            case ELASTIC ->
                options.addAll(List.of(
                        "-Delastic.apm.service_name=benchmark",
                        "-Delastic.apm.server_url=" + endpoint,
                        "-Delastic.apm.max_queue_size=" + exportQueue,
                        "-Delastic.apm.metrics_interval=0s",
                        "-Delastic.apm.central_config=false",
                        "-Delastic.apm.cloud_provider=NONE"));
            case GLOWROOT -> options.addAll(sink.glowroot().options());
        }
        return options;
    }
}
