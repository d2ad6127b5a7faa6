package dev.weir.micro.lines;

import dev.weir.micro.Sink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Spans that are received in each second when more are made, and what they cost: Weir's exporter and the SDK's. */
final class ExportLine {

    private static final String LINE = "export";
    private static final String SDK = "SDK";

    private final int runs;
    private final int warmUpMillis;
    private final int millis;

    private ExportLine(int runs, int warmUpMillis, int millis) {
        this.runs = runs;
        this.warmUpMillis = warmUpMillis;
        this.millis = millis;
    }

    static ExportLine of(Effort effort) {
        return switch (effort) {
            case FULL -> new ExportLine(7, 4_000, 4_000);
            case QUICK -> new ExportLine(3, 2_000, 1_500);
            case SMOKE -> new ExportLine(1, 300, 300);
        };
    }

    /** One process. */
    record Run(
            double perSecond,
            double callerNanos,
            double pacedNanos,
            double exporterNanos,
            long lostOfBurst,
            boolean exact) {}

    List<Row> measure() throws IOException, InterruptedException {
        List<Run> weir = new ArrayList<>();
        List<Run> sdk = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            // Each is as often the first of the two.
            if (i % 2 == 0) weir.add(run("weir"));
            sdk.add(run("opentelemetry"));
            if (i % 2 == 1) weir.add(run("weir"));
        }
        return rows(weir, sdk, held());
    }

    static List<Row> rows(List<Run> weir, List<Run> sdk, Said held) {
        long lost = 0;
        boolean exact = true;
        for (Run run : weir) {
            lost += run.lostOfBurst;
            exact &= run.exact;
        }
        boolean heldExact = held.get("sent") + held.get("dropped") == held.get("produced");
        double megabytes = held.get("held") / 1e6;
        double heap = held.get("heap") / 1e6;
        return List.of(
                Row.atLeast(LINE, "received per s, flat out", speeds(weir), SDK, speeds(sdk), 8),
                Row.atMost(LINE, "caller, CPU ns per span, flat out", callers(weir), SDK, callers(sdk), 0.3),
                Row.atMost(LINE, "caller, CPU ns per span, none dropped", paced(weir), SDK, paced(sdk), 0.3),
                Row.atMost(LINE, "exporter, CPU ns per span received", exporters(weir), SDK, exporters(sdk), 0.15),
                Row.fact(LINE, "lost of bursts of 100,000", lost + "", SDK + " " + bursts(sdk), "0", lost == 0),
                Row.fact(
                        LINE,
                        "sent + dropped = produced, and sent = received",
                        exact ? "yes" : "no",
                        null,
                        "yes",
                        exact),
                Row.fact(
                        LINE,
                        "held while nothing can be sent, spans of 8 kB",
                        Math.round(megabytes) + " MB of a heap of " + Math.round(heap) + " MB",
                        null,
                        "≤ ¼ of the heap, counted exactly",
                        heldExact && megabytes <= heap / 4));
    }

    private static Sample speeds(List<Run> runs) {
        return Sample.of(runs.stream().mapToDouble(Run::perSecond).toArray());
    }

    private static Sample callers(List<Run> runs) {
        return Sample.of(runs.stream().mapToDouble(Run::callerNanos).toArray());
    }

    private static Sample paced(List<Run> runs) {
        return Sample.of(runs.stream().mapToDouble(Run::pacedNanos).toArray());
    }

    private static Sample exporters(List<Run> runs) {
        return Sample.of(runs.stream().mapToDouble(Run::exporterNanos).toArray());
    }

    private static Sample bursts(List<Run> runs) {
        return Sample.of(runs.stream().mapToDouble(Run::lostOfBurst).toArray());
    }

    private Run run(String pipeline) throws IOException, InterruptedException {
        try (Sink sink = Sink.counting()) {
            long[] received = new long[3];
            long[] nanos = new long[2];
            Said said = Child.run(
                    List.of("-Xms512m", "-Xmx512m"),
                    ExportProducer.class,
                    List.of(pipeline, sink.endpoint(), "export", warmUpMillis + "", millis + ""),
                    word -> {
                        switch (word) {
                            case "burst" -> received[2] = sink.received();
                            case "begin" -> {
                                received[0] = sink.received();
                                nanos[0] = System.nanoTime();
                            }
                            case "end" -> {
                                received[1] = sink.received();
                                nanos[1] = System.nanoTime();
                            }
                            default -> {}
                        }
                    });
            if (sink.complaint() != null) throw new IOException(sink.complaint());
            long count = received[1] - received[0];
            boolean exact = said.get("sent") + said.get("dropped") == said.get("produced")
                    && said.get("sent") == (double) sink.received();
            return new Run(
                    (double) count * 1e9 / (double) (nanos[1] - nanos[0]),
                    said.get("caller"),
                    said.get("paced"),
                    said.get("others") / (double) count,
                    (long) said.get("burst") - received[2],
                    exact);
        }
    }

    /** To a sink that takes connections and never answers. */
    private static Said held() throws IOException, InterruptedException {
        try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            return Child.run(
                    List.of("-Xms1g", "-Xmx1g"),
                    ExportProducer.class,
                    List.of("weir", "http://127.0.0.1:" + silent.getLocalPort(), "held"),
                    word -> {});
        }
    }
}
