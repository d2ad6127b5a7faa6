package dev.weir.micro.lines;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The measured JVM of the line {@code export}: a burst, then flat out, then at a pace that nothing is dropped at.
 *
 * <p>Arguments: {@code weir} or {@code opentelemetry}, the sink, {@code export} or {@code held}, milliseconds of warm-up, of
 * measuring.
 */
final class ExportProducer {

    private static final int BURST = 100_000;
    private static final int PACED_BURST = 500;
    private static final long PACED_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final int HELD = 300_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final SpanSource source;
    private long produced;

    private ExportProducer(SpanSource source) {
        this.source = source;
    }

    public static void main(String[] args) {
        SpanSource source = SpanSource.named(args[0], args[1]);
        ExportProducer producer = new ExportProducer(source);
        if (args[2].equals("held")) {
            producer.hold();
            System.exit(0);
        }
        producer.measure(millis(args[3]), millis(args[4]));
        source.flush();
        source.close();
        Child.say("produced", producer.produced);
        Child.say("sent", source.sent());
        Child.say("dropped", source.dropped());
        System.exit(0);
    }

    private static long millis(String text) {
        return TimeUnit.MILLISECONDS.toNanos(Long.parseLong(text));
    }

    private void measure(long warmUpNanos, long nanos) {
        produce(BURST);
        source.flush();
        Child.say("burst", BURST);
        flatOut(warmUpNanos);
        long before = produced;
        long others = others();
        long own = THREADS.getCurrentThreadCpuTime();
        Child.say("begin", 0);
        flatOut(nanos);
        Child.say("end", 0);
        Child.say("others", others() - others);
        Child.say("caller", (double) (THREADS.getCurrentThreadCpuTime() - own) / (double) (produced - before));
        source.flush();
        paced(Math.max(nanos / 2, warmUpNanos));
        Child.say("paced", paced(nanos));
    }

    private void flatOut(long nanos) {
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() - until < 0) produce(100);
    }

    private void produce(int count) {
        for (int i = 0; i < count; i++) source.produce(i);
        produced += count;
    }

    /** Nanoseconds of CPU that a span costs the caller, when none is dropped. */
    private double paced(long nanos) {
        long until = System.nanoTime() + nanos;
        long cpu = 0;
        long spans = 0;
        while (System.nanoTime() - until < 0) {
            long next = System.nanoTime() + PACED_NANOS;
            long before = THREADS.getCurrentThreadCpuTime();
            produce(PACED_BURST);
            cpu += THREADS.getCurrentThreadCpuTime() - before;
            spans += PACED_BURST;
            while (next - System.nanoTime() > 0) LockSupport.parkNanos(next - System.nanoTime());
        }
        return (double) cpu / (double) spans;
    }

    /** CPU of all Java threads but this one: what the exporter is made of. */
    private static long others() {
        long sum = 0;
        for (long id : THREADS.getAllThreadIds()) {
            if (id != Thread.currentThread().getId()) sum += Math.max(0, THREADS.getThreadCpuTime(id));
        }
        return sum;
    }

    /** What the exporter holds while nothing can be sent, of spans with 8,000 characters that nobody else holds. */
    private void hold() {
        long before = used();
        char[] filler = new char[8_000];
        Arrays.fill(filler, 'x');
        for (int i = 0; i < HELD; i++) source.produce(new String(filler));
        long held = used() - before;
        Child.say("held", held);
        Child.say("heap", Runtime.getRuntime().maxMemory());
        Child.say("produced", HELD);
        source.close();
        Child.say("sent", source.sent());
        Child.say("dropped", source.dropped());
    }

    private static long used() {
        for (int i = 0; i < 3; i++) System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
