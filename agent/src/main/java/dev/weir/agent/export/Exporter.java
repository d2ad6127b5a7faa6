package dev.weir.agent.export;

import dev.weir.agent.config.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes records out of the queue, encodes them, and sends them, on one daemon thread that starts with the first record.
 *
 * <p>While the collector does not answer, records wait in the queue, and what finds no room there is dropped and
 * counted. One line says so, and one line when it answers again.
 */
public final class Exporter {

    /** Runs on the exporter's thread before anything else. */
    public interface ThreadStart {

        /** Marks the thread as the agent's own. */
        void run();
    }

    private static final int BATCH = 4_096;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long ADJUST_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int SENDS = 5;

    private final RecordQueue queue;
    private final OtlpSettings settings;
    private final EpochClock clock;
    private final Log log;
    private final String version;
    private final ThreadStart threadStart;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;
    private boolean unreachable;

    /** @param capacity how many records can wait */
    public Exporter(
            int capacity, OtlpSettings settings, EpochClock clock, Log log, String version, ThreadStart threadStart) {
        this.queue = new RecordQueue(capacity, this::start);
        this.settings = settings;
        this.clock = clock;
        this.log = log;
        this.version = version;
        this.threadStart = threadStart;
    }

    /** Where records go in. */
    public RecordSink sink() {
        return settings.enabled() ? queue : record -> {};
    }

    /** How many records the collector has taken. */
    public long sent() {
        return sent.get();
    }

    /** How many records were lost: no room, or refused by the collector. */
    public long dropped() {
        return queue.dropped() + lost.get();
    }

    private void start() {
        Thread started = new Thread(null, this::run, "weir-export", 0, false);
        started.setDaemon(true);
        started.setContextClassLoader(null);
        thread = started;
        started.start();
    }

    private void run() {
        threadStart.run();
        try (Sender sender = settings.sender()) {
            OtlpEncoder encoder = new OtlpEncoder(clock, Resource.of(settings, version), version);
            List<SpanRecord> batch = new ArrayList<>(BATCH);
            long delayNanos = TimeUnit.MILLISECONDS.toNanos(settings.delayMillis());
            long adjusted = System.nanoTime();
            long waitingSince = 0;
            while (true) {
                boolean last = stopping;
                queue.drain(batch::add, BATCH - batch.size());
                long now = System.nanoTime();
                if (now - adjusted > ADJUST_NANOS) {
                    clock.adjust();
                    adjusted = now;
                }
                if (!batch.isEmpty() && waitingSince == 0) waitingSince = now;
                if (batch.size() == BATCH || (!batch.isEmpty() && (last || now - waitingSince >= delayNanos))) {
                    send(sender, encoder, batch);
                    batch.clear();
                    waitingSince = 0;
                } else if (last && queue.size() == 0) {
                    return;
                } else if (!last) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } catch (Throwable t) {
            log.failure("export", t);
        }
    }

    private void send(Sender sender, OtlpEncoder encoder, List<SpanRecord> batch) {
        ProtobufWriter encoded = encoder.encode(batch);
        String problem = "";
        for (int i = 0; i < SENDS; i++) {
            try {
                Sender.Answer answer = sender.send(encoded.array(), encoded.size());
                if (answer.accepted()) {
                    sent.addAndGet(batch.size());
                    reachable();
                    return;
                }
                problem = answer.description();
                if (answer.retryAfterMillis() < 0) break;
                if (!pause(answer.retryAfterMillis())) break;
            } catch (IOException e) {
                problem = e.toString();
                unreachable(sender, problem);
                if (!pause(1_000L << i)) break;
            }
        }
        lost.addAndGet(batch.size());
        unreachable(sender, problem);
    }

    private void unreachable(Sender sender, String problem) {
        if (unreachable) return;
        unreachable = true;
        log.warn("spans do not reach " + sender.endpoint() + " (" + problem + "); the application is not affected."
                + " Start a receiver (java -jar weir.jar serve), set otel.exporter.otlp.endpoint,"
                + " or switch export off with -Dotel.traces.exporter=none");
    }

    private void reachable() {
        if (!unreachable) return;
        unreachable = false;
        log.warn("spans are delivered again; " + dropped() + " were lost until now");
    }

    /** @return whether there is time left to go on */
    private boolean pause(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!stopping) {
            long left = end - System.nanoTime();
            if (left <= 0) return true;
            LockSupport.parkNanos(left);
        }
        return false;
    }

    /** Sends what waits, for at most that long. */
    public void shutdown(long millis) {
        stopping = true;
        Thread running = thread;
        if (running == null) return;
        LockSupport.unpark(running);
        try {
            running.join(Math.max(1, millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (running.isAlive()) lost.addAndGet(queue.size());
    }
}
