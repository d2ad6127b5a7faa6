package dev.weir.agent.export;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Settings;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends metrics now and then, on the exporter's thread. What does not arrive is in the next export too. */
final class MetricExport {

    private final Log log;
    private final Supplier<Readings> readings;
    private final @Nullable Metrics metrics;
    private final @Nullable OtlpTarget target;
    private final boolean elsewhere;
    private final long intervalNanos;
    private long lastNanos = System.nanoTime();
    private @Nullable Sender sender;
    private boolean refused;

    MetricExport(OtlpSettings settings, EpochClock clock, String version, Supplier<Readings> readings, Log log) {
        this.log = log;
        this.readings = readings;
        // What is wrong with a setting for all signals has been said already.
        Settings.Complaints complaints = complaint -> {
            if (complaint.startsWith("weir: otel.metric")
                    || complaint.startsWith("weir: otel.exporter.otlp.metrics.")) {
                log.warn(complaint);
            }
        };
        this.target = settings.metrics(complaints);
        this.metrics = target == null ? null : new Metrics(clock, Resource.of(settings, version), version);
        this.elsewhere = settings.metricsGoElsewhere();
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(settings.metricsMillis(complaints));
    }

    void add(SpanRecord record) {
        if (metrics != null) metrics.add(record);
    }

    void exportWhenDue(long nowNanos) {
        if (nowNanos - lastNanos < intervalNanos) return;
        lastNanos = nowNanos;
        export();
    }

    /** The JVM ends. */
    void exportLast() {
        export();
        if (sender != null) sender.close();
    }

    private void export() {
        if (metrics == null || target == null || refused) return;
        try {
            Sender open = sender;
            if (open == null) {
                open = target.sender(complaint -> {});
                sender = open;
            }
            ProtobufWriter request = metrics.encode(readings.get());
            Sender.Answer answer = open.send(request.array(), request.size());
            if (!answer.accepted() && answer.retryAfterMillis() == Sender.Answer.NEVER) refused(answer);
        } catch (IOException e) {
            // Else spans do not arrive either, and that is said.
            if (elsewhere || log.isDebug())
                log.warnOnce("metrics", "metrics do not reach " + target.endpoint() + " (" + e + ")");
        } catch (Throwable t) {
            log.failure("export of metrics", t);
            refused = true;
        }
    }

    /** Many receivers take traces only. */
    private void refused(Sender.Answer answer) {
        refused = true;
        if (answer.unknown() && !elsewhere && !log.isDebug()) return;
        log.warn((target == null ? "" : target.endpoint()) + " takes no metrics (" + answer.description()
                + "); none are sent from now on. -Dotel.metrics.exporter=none switches them off.");
    }
}
