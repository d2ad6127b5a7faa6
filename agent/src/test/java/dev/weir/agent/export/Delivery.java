package dev.weir.agent.export;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Settings;
import dev.weir.bootstrap.CallFacts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** An exporter with its settings, and all that it has said. */
final class Delivery implements AutoCloseable {

    static final Backoff QUICK = new Backoff(5, 20, 2_000);
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    final List<String> complaints = new ArrayList<>();
    final Exporter exporter;
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final Log log = new Log(new PrintStream(stderr, true, StandardCharsets.UTF_8), Log.Level.INFO);
    private long offered;

    /** A port that refuses connections until a collector takes it: bound, and nobody listens. */
    static Socket refusing() throws IOException {
        Socket holder = new Socket();
        // A collector can take it while it is held, so that nobody else can in between.
        holder.setReuseAddress(true);
        holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return holder;
    }

    Delivery(Map<String, String> properties) {
        this(properties, QUICK, 131_072);
    }

    Delivery(Map<String, String> properties, Backoff backoff, int capacity) {
        Map<String, String> all = new HashMap<>(properties);
        all.putIfAbsent("otel.bsp.schedule.delay", "1");
        all.putIfAbsent("otel.metrics.exporter", "none");
        OtlpSettings settings =
                new OtlpSettings(new Settings(all, Map.of(), Map.of(), complaints::add), complaints::add);
        exporter = new Exporter(capacity, settings, new EpochClock(), log, "test", () -> {}, backoff);
    }

    static SpanRecord record(long spanId) {
        SpanRecord record = new SpanRecord();
        record.kind = CallFacts.Kind.HTTP_CLIENT;
        record.traceHigh = 1;
        record.traceLow = 2;
        record.spanId = spanId;
        record.flags = 1;
        record.startNanos = System.nanoTime();
        record.endNanos = record.startNanos + 1_000;
        record.subject = "GET";
        record.scheme = "http";
        record.target = "example.internal";
        record.port = 80;
        record.path = "/x";
        record.status = 200;
        return record;
    }

    Delivery offer(int records) {
        for (int i = 0; i < records; i++) exporter.sink().offer(record(++offered));
        return this;
    }

    /** Waits until every record that was offered is known to be sent or lost. */
    Delivery awaitSettled() {
        await(() -> exporter.sent() + exporter.dropped() == offered, "every record settled");
        return this;
    }

    void await(BooleanSupplier condition, String what) {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new AssertionError("not " + what + "; sent " + exporter.sent() + ", dropped " + exporter.dropped()
                        + " of " + offered + "; said " + lines());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** What was said on stderr until now. */
    List<String> lines() {
        return stderr.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** The one line that was said. */
    String line() {
        List<String> lines = lines();
        if (lines.size() != 1) throw new AssertionError("not one line: " + lines);
        return lines.get(0);
    }

    long failures() {
        return log.failures();
    }

    @Override
    public void close() {
        exporter.shutdown(5_000);
    }
}
