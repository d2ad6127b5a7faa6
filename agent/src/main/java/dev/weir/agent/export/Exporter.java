package dev.weir.agent.export;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MessagePassingQueue;
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
    /** While hardly anything happens: each look at the queue wakes a core. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int PAUSES_IN_DELAY = 8;
    /** Who has taken less than this part of the queue's capacity may look less often. */
    private static final int BUSY = 128;

    private static final long ADJUST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final RecordQueue queue;
    private final int capacity;
    private final OtlpSettings settings;
    private final EpochClock clock;
    private final Log log;
    private final String version;
    private final ThreadStart threadStart;
    private final Backoff backoff;
    private volatile @Nullable Thread thread;
    private volatile boolean hurrying;
    private volatile boolean stopping;
    private volatile long stopNanos;

    // Every record is in exactly one place: the queue, in hand, sent, or lost. This lock keeps the sum right.
    private final Object counts = new Object();
    private int inHand;
    // Of the last drain: what was only counted.
    private int skipped;
    private long sent;
    private long lost;
    private boolean over;

    private volatile @Nullable String problem;
    private volatile Readings.@Nullable Source readings;

    /** @param capacity how many records can wait */
    public Exporter(
            int capacity, OtlpSettings settings, EpochClock clock, Log log, String version, ThreadStart threadStart) {
        this(capacity, settings, clock, log, version, threadStart, Backoff.STANDARD);
    }

    Exporter(
            int capacity,
            OtlpSettings settings,
            EpochClock clock,
            Log log,
            String version,
            ThreadStart threadStart,
            Backoff backoff) {
        this.queue = new RecordQueue(capacity, settings.wantsMetrics(), new Runnable() {
            @Override
            public void run() {
                start();
            }
        });
        this.capacity = capacity;
        this.settings = settings;
        this.clock = clock;
        this.log = log;
        this.version = version;
        this.threadStart = threadStart;
        this.backoff = backoff;
    }

    /** Numbers of the agent's own that are exported with the metrics. */
    public void reports(Readings.Source numbers) {
        readings = numbers;
    }

    /** Where records go in. */
    public RecordSink sink() {
        return settings.enabled() ? queue : record -> {};
    }

    /** How many records the collector has taken. */
    public long sent() {
        synchronized (counts) {
            return sent;
        }
    }

    /** How many records were lost: no room, refused by the collector, or not confirmed when the JVM ended. */
    public long dropped() {
        synchronized (counts) {
            return queue.dropped() + lost;
        }
    }

    /** Characters of long texts in records that wait or are being sent. */
    long longHeld() {
        return queue.longHeld();
    }

    /** Why records do not get to the collector; {@code null} as long as nothing is known against it. */
    public @Nullable String problem() {
        return problem;
    }

    private void start() {
        // The application's group could interrupt its threads, or count them.
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group != null && group.getParent() != null) group = group.getParent();
        Thread started = new Thread(group, this::run, "weir-export", 0, false);
        started.setDaemon(true);
        started.setContextClassLoader(null);
        thread = started;
        started.start();
    }

    private void run() {
        threadStart.run();
        try (Sender sender = settings.sender(log::warn)) {
            Redaction redaction = settings.redaction(log::warn);
            MetricExport metrics = new MetricExport(settings, clock, version, this::readings, log);
            export(sender, new OtlpEncoder(clock, Resource.of(settings, version), version, redaction), metrics);
        } catch (Throwable t) {
            log.failure("export", t);
        } finally {
            queue.close();
            settle(0, drain(record -> {}, Integer.MAX_VALUE));
        }
    }

    private Readings readings() {
        Readings all = new Readings();
        Readings.Source source = readings;
        if (source != null) source.tell(all);
        return all;
    }

    private void export(Sender sender, OtlpEncoder encoder, MetricExport metrics) {
        List<SpanRecord> drained = new ArrayList<>(BATCH);
        long delayNanos = TimeUnit.MILLISECONDS.toNanos(settings.delayMillis());
        long adjusted = System.nanoTime();
        long waitingSince = 0;
        long longestPause = Math.max(PAUSE_NANOS, Math.min(LONGEST_PAUSE_NANOS, delayNanos / PAUSES_IN_DELAY));
        long pause = PAUSE_NANOS;
        MessagePassingQueue.Consumer<SpanRecord> taker = record -> {
            metrics.add(record);
            if (record.isKept()) {
                drained.add(record);
            } else {
                skipped++;
                queue.release(record);
            }
        };
        while (true) {
            boolean last = stopping;
            int taken = drain(taker, BATCH - encoder.encoded());
            encode(sender, encoder, drained);
            pause = taken > capacity / BUSY ? PAUSE_NANOS : Math.min(pause * 2, longestPause);
            long now = System.nanoTime();
            metrics.exportWhenDue(now);
            if (now - adjusted > ADJUST_NANOS) {
                clock.adjust();
                adjusted = now;
            }
            int waiting = encoder.encoded();
            if (waiting > 0 && waitingSince == 0) waitingSince = now;
            if (waiting == BATCH || (waiting > 0 && (last || hurrying || now - waitingSince >= delayNanos))) {
                send(sender, encoder);
                waitingSince = 0;
            } else if (last && queue.size() == 0) {
                metrics.exportLast();
                return;
            } else if (!last) {
                park(pause);
            }
            if (queue.dropped() > 0) {
                log.warnOnce(
                        "full",
                        "more records than can be sent: weir.export.queue=" + capacity
                                + " is full, or an eighth of the heap with their long texts, and records are dropped;"
                                + " the application is not affected");
            }
        }
    }

    private int drain(MessagePassingQueue.Consumer<SpanRecord> to, int limit) {
        synchronized (counts) {
            if (over) return 0;
            skipped = 0;
            int count = queue.drain(to, limit);
            inHand += count - skipped;
            return count;
        }
    }

    private void settle(long sentNow, long lostNow) {
        synchronized (counts) {
            // What the end of the JVM did not wait for has been counted as lost already.
            if (over) return;
            inHand -= (int) (sentNow + lostNow);
            sent += sentNow;
            lost += lostNow;
        }
    }

    /** At once, and not when they are sent: now they are in the processor's cache, and then the collector moves no more of them. */
    private void encode(Sender sender, OtlpEncoder encoder, List<SpanRecord> drained) {
        for (SpanRecord record : drained) {
            try {
                encoder.add(record);
            } catch (Throwable t) {
                settle(0, 1);
                log.failure("export", t);
            }
            queue.release(record);
            if (encoder.isFull()) send(sender, encoder);
        }
        drained.clear();
    }

    private void send(Sender sender, OtlpEncoder encoder) {
        int count = encoder.encoded();
        try {
            deliver(sender, encoder.end(), count);
        } catch (Throwable t) {
            settle(0, count);
            log.failure("export", t);
        }
        encoder.begin();
    }

    /** Sends one request until it is taken or given up. */
    private void deliver(Sender sender, ProtobufWriter request, int count) {
        for (int sends = 1; ; sends++) {
            long wait = Sender.Answer.BACK_OFF;
            boolean answered = false;
            String reason;
            try {
                Sender.Answer answer = sender.send(request.array(), request.size());
                if (answer.accepted()) {
                    taken(sender, answer, count);
                    return;
                }
                answered = true;
                wait = answer.retryAfterMillis();
                reason = answer.description();
            } catch (IOException e) {
                reason = Settings.shown(e.toString(), 200);
            }
            boolean again = wait != Sender.Answer.NEVER
                    && sends < backoff.sends()
                    && pause(
                            wait == Sender.Answer.BACK_OFF
                                    ? backoff.millis(sends)
                                    : Math.min(wait, backoff.mostMillis()),
                            answered);
            // One failure may be a kept connection that the collector has closed just now.
            if (!again || sends > 1) unreachable(sender, reason);
            if (!again) {
                settle(0, count);
                return;
            }
        }
    }

    private void taken(Sender sender, Sender.Answer answer, int count) {
        reachable();
        long rejected = Math.min(count, answer.rejected());
        if (rejected > 0) {
            log.warnOnce(
                    "rejected",
                    sender.endpoint() + " does not keep all spans (" + answer.description()
                            + "); the application is not affected");
        }
        settle(count - rejected, rejected);
    }

    private void unreachable(Sender sender, String reason) {
        boolean known = problem != null;
        problem = reason;
        if (known) return;
        log.warn("spans do not reach " + sender.endpoint() + " (" + reason + "); the application is not affected."
                + " Start a receiver (java -jar weir.jar serve), set otel.exporter.otlp.endpoint,"
                + " or switch export off with -Dotel.traces.exporter=none");
    }

    private void reachable() {
        if (problem == null) return;
        problem = null;
        log.warn("spans are delivered again; " + dropped() + " were lost until now");
    }

    /**
     * Waits before the same request is sent again.
     *
     * @param answered whether the collector is there
     * @return whether to send it again
     */
    private boolean pause(long millis, boolean answered) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        if (stopping) {
            // Who is not there will not come within two seconds, and the JVM's end waits for us.
            if (!answered || until - stopNanos > 0) return false;
            while (until - System.nanoTime() > 0) park(until - System.nanoTime());
            return true;
        }
        // The JVM's end cuts the wait short, for one last try.
        while (!stopping && until - System.nanoTime() > 0) park(until - System.nanoTime());
        return true;
    }

    private static void park(long nanos) {
        // An interrupt that nobody clears would make every wait end at once.
        if (Thread.interrupted()) return;
        LockSupport.parkNanos(nanos);
    }

    /** From now on sends at once: the JVM is about to end. */
    public void hurry() {
        hurrying = true;
        LockSupport.unpark(thread);
    }

    /** Sends what waits, for at most that long. */
    public void shutdown(long millis) {
        stopNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        stopping = true;
        Thread running = thread;
        if (running == null) return;
        LockSupport.unpark(running);
        try {
            running.join(Math.max(1, millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (counts) {
            queue.close();
            lost += inHand + queue.size();
            over = true;
        }
    }
}
