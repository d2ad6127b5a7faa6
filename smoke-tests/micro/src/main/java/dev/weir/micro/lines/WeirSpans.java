package dev.weir.micro.lines;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;
import dev.weir.agent.export.EpochClock;
import dev.weir.agent.export.Exporter;
import dev.weir.agent.export.OtlpSettings;
import dev.weir.agent.export.RecordSink;
import dev.weir.agent.export.SpanRecord;
import dev.weir.bootstrap.CallFacts;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Records through Weir's queue and exporter, with default settings; no metrics, because the SDK is asked for none. */
final class WeirSpans implements SpanSource {

    private final Exporter exporter;
    private final RecordSink sink;
    private long produced;

    WeirSpans(String endpoint) {
        Settings settings = new Settings(
                Map.of(
                        "otel.exporter.otlp.endpoint", endpoint,
                        "otel.service.name", "export",
                        "otel.metrics.exporter", "none"),
                Map.of(),
                Map.of(),
                complaint -> {
                    throw new IllegalArgumentException(complaint);
                });
        OtlpSettings otlp = new OtlpSettings(settings, System.err::println);
        exporter = new Exporter(
                (int) settings.number(Setting.EXPORT_QUEUE),
                otlp,
                new EpochClock(),
                new Log(System.err, Log.Level.QUIET),
                "export",
                () -> {});
        sink = exporter.sink();
    }

    @Override
    public void produce(int number) {
        SpanRecord record = begun();
        record.endNanos = System.nanoTime();
        sink.offer(record);
        produced++;
    }

    @Override
    public void produce(String text) {
        SpanRecord record = begun();
        record.query = text;
        record.endNanos = System.nanoTime();
        sink.offer(record);
        produced++;
    }

    private static SpanRecord begun() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        SpanRecord record = new SpanRecord();
        record.kind = CallFacts.Kind.HTTP_CLIENT;
        record.instrumentation = "jdk-http-client";
        record.startNanos = System.nanoTime();
        record.traceHigh = random.nextLong() | 1;
        record.traceLow = random.nextLong() | 1;
        record.spanId = random.nextLong() | 1;
        record.flags = 1;
        record.subject = "GET";
        record.scheme = "http";
        record.target = "shop.internal";
        record.port = 8080;
        record.path = "/orders/7";
        record.query = "verbose=true";
        record.status = 200;
        record.operationHigh = record.traceHigh;
        record.operationLow = record.traceLow;
        record.attempt = 1;
        record.attemptPath = "1";
        return record;
    }

    @Override
    public long sent() {
        return exporter.sent();
    }

    @Override
    public long dropped() {
        return exporter.dropped();
    }

    @Override
    public void flush() {
        long until = System.nanoTime() + 30_000_000_000L;
        while (exporter.sent() + exporter.dropped() < produced && System.nanoTime() < until) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        exporter.shutdown(2_000);
    }
}
