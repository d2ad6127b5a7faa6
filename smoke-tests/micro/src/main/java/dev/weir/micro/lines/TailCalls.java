package dev.weir.micro.lines;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/**
 * The measured application of the line {@code tail}: calls with {@code java.net.http}, back to back to see how many there can
 * be, or begun at fixed times whatever became of those before. A call's time is counted from when it was due.
 *
 * <p>Arguments: the address, seconds of warm-up, of measuring, calls in each second or 0 for as many as there can be.
 */
final class TailCalls {

    private static final int WORKERS = 8;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpRequest request;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private TailCalls(String address) {
        request = HttpRequest.newBuilder(URI.create(address)).build();
    }

    public static void main(String[] args) throws InterruptedException {
        TailCalls calls = new TailCalls(args[0]);
        long warmUp = TimeUnit.SECONDS.toNanos(Long.parseLong(args[1]));
        long measured = TimeUnit.SECONDS.toNanos(Long.parseLong(args[2]));
        double rate = Double.parseDouble(args[3]);
        if (rate == 0) {
            calls.run(warmUp, 0);
            Child.say("rate", (double) calls.run(measured, 0).getTotalCount() * 1e9 / (double) measured);
        } else {
            calls.run(warmUp, rate);
            ConcurrentHistogram times = calls.run(measured, rate);
            Child.say("p50", (double) times.getValueAtPercentile(50) / 1e3);
            Child.say("p99", (double) times.getValueAtPercentile(99) / 1e3);
            Child.say("p999", (double) times.getValueAtPercentile(99.9) / 1e3);
            Child.say("max", (double) times.getMaxValue() / 1e3);
        }
        System.exit(0);
    }

    private ConcurrentHistogram run(long nanos, double rate) throws InterruptedException {
        ConcurrentHistogram times = new ConcurrentHistogram(LONGEST_NANOS, 3);
        Schedule schedule = new Schedule(System.nanoTime(), nanos, rate);
        Thread[] workers = new Thread[WORKERS];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Thread(() -> work(schedule, times), "worker-" + i);
            workers[i].start();
        }
        for (Thread worker : workers) worker.join();
        Throwable failed = failure.get();
        if (failed != null) throw new IllegalStateException(failed);
        return times;
    }

    private void work(Schedule schedule, ConcurrentHistogram times) {
        try {
            for (long due = schedule.next(); due != Schedule.OVER; due = schedule.next()) {
                while (due - System.nanoTime() > 0) LockSupport.parkNanos(due - System.nanoTime());
                int status = client.send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode();
                if (status != 200) throw new IllegalStateException("answered " + status);
                times.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - due));
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        }
    }

    /** When calls are due; those of a schedule without a rate always are. */
    static final class Schedule {

        static final long OVER = Long.MIN_VALUE;

        private final long start;
        private final long nanos;
        private final double rate;
        private final AtomicLong taken = new AtomicLong();

        Schedule(long start, long nanos, double rate) {
            this.start = start;
            this.nanos = nanos;
            this.rate = rate;
        }

        long next() {
            if (rate == 0) {
                long now = System.nanoTime();
                return now - start < nanos ? now : OVER;
            }
            long offset = (long) ((double) taken.getAndIncrement() * (1e9 / rate));
            return offset < nanos ? start + offset : OVER;
        }
    }
}
