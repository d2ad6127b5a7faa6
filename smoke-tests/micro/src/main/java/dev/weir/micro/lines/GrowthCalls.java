package dev.weir.micro.lines;

import com.sun.management.ThreadMXBean;
import dev.weir.agent.pipeline.CallPipeline;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.jdkhttpclient.JdkRequest;
import dev.weir.instrumentation.jdkhttpserver.ServedRequest;
import dev.weir.micro.Weir;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The measured JVM of the line {@code growth}: HTTP calls without I/O and without export, in roots that change. Only the calls
 * are timed, 20 at a time; of those times a batch gives the median, and so does the run of its batches.
 */
final class GrowthCalls {

    private static final int CALLS = 20;
    private static final int STEPS = 1_000;
    private static final int ROOTS = 10_000;
    private static final int OPERATIONS = 4_096;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final CallPipeline pipeline;
    private final ServedRequest served = new ServedRequest(true);
    private final JdkRequest[] requests = new JdkRequest[2 * OPERATIONS];
    private final Ring one = new Ring(1);
    private final Ring many = new Ring(ROOTS);
    private final Inbound full = new Inbound();
    private int next;

    private GrowthCalls(CallPipeline pipeline) {
        this.pipeline = pipeline;
        for (int i = 0; i < requests.length; i++) {
            requests[i] = new JdkRequest("http://shop.internal:8080/orders/" + (100_000 + i), null);
        }
    }

    public static void main(String[] args) throws IOException {
        try (Weir weir = new Weir(Map.of("otel.traces.exporter", "none"))) {
            new GrowthCalls(weir.pipeline()).measure(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
        }
        System.exit(0);
    }

    private void measure(int warmUpSeconds, int batches) {
        Object before = full.enter(pipeline, served);
        for (int i = 0; i < OPERATIONS; i++) call();
        pipeline.exit(before);
        for (int i = 0; i < ROOTS; i++) many.turn();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(warmUpSeconds);
        do {
            batch(one);
            batch(many);
            batch(null);
        } while (System.nanoTime() - until < 0);
        double[][] nanos = new double[3][batches];
        double[][] bytes = new double[3][batches];
        for (int i = 0; i < batches; i++) {
            Ring[] variants = {one, many, null};
            for (int variant = 0; variant < variants.length; variant++) {
                Cost cost = batch(variants[variant]);
                nanos[variant][i] = cost.nanos;
                bytes[variant][i] = cost.bytes;
            }
        }
        say("ns", nanos);
        say("bytes", bytes);
    }

    private static void say(String word, double[][] values) {
        double one = Sample.of(values[0]).median();
        Child.say(word + "-roots-one", one);
        Child.say(word + "-roots-many", Sample.of(values[1]).median());
        Child.say(word + "-operations-one", one);
        Child.say(word + "-operations-many", Sample.of(values[2]).median());
    }

    private record Cost(double nanos, double bytes) {}

    /** @param ring where the roots are that the calls are made in; {@code null} for the one that is full */
    private Cost batch(@Nullable Ring ring) {
        double[] nanos = new double[STEPS];
        double[] bytes = new double[STEPS];
        for (int i = 0; i < STEPS; i++) {
            Object captured = ring == null ? full.captured : ring.turn();
            Object before = pipeline.enter(captured);
            long allocated =
                    THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            long start = System.nanoTime();
            for (int call = 0; call < CALLS; call++) call();
            nanos[i] = (double) (System.nanoTime() - start) / CALLS;
            bytes[i] = (double) (THREADS.getThreadAllocatedBytes(
                                    Thread.currentThread().getId())
                            - allocated)
                    / CALLS;
            pipeline.exit(before);
        }
        return new Cost(Sample.of(nanos).median(), Sample.of(bytes).median());
    }

    private void call() {
        JdkRequest request = requests[next++ & (requests.length - 1)];
        HttpFacts facts = request.begin();
        Call call = pipeline.begin(facts);
        if (call == null) throw new IllegalStateException("not followed");
        request.answered(facts);
        pipeline.end(call, 200, null, null);
    }

    /** A request that stays open. */
    private static final class Inbound {

        private @Nullable Call call;
        private @Nullable Object captured;

        /** Returns what to go back to. */
        @Nullable
        Object enter(CallPipeline pipeline, ServedRequest served) {
            Object before = pipeline.capture();
            call = pipeline.begin(served.begin());
            captured = pipeline.capture();
            return before;
        }
    }

    /** So many requests that are open at a time: one ends, one begins, and the calls are made in one between them. */
    private final class Ring {

        private final Inbound[] open;
        private int at;

        Ring(int size) {
            open = new Inbound[size];
            for (int i = 0; i < size; i++) open[i] = new Inbound();
        }

        @Nullable
        Object turn() {
            Inbound oldest = open[at];
            if (oldest.call != null) pipeline.end(oldest.call, 200, null, null);
            Object before = oldest.enter(pipeline, served);
            pipeline.exit(before);
            Object captured = open[(at + open.length / 2) % open.length].captured;
            at = (at + 1) % open.length;
            return captured;
        }
    }
}
