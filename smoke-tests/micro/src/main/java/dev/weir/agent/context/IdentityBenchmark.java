package dev.weir.agent.context;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Digests, which operations and keys are made of. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
public class IdentityBenchmark {

    private final Identity identity =
            new Identity("weir", 4_096, 60_000_000_000L, ThreadLocal.withInitial(Scratch::new));
    private final byte[] body = new byte[1_024];
    private final String url = "http://shop.internal:8080/orders/7?verbose=true";

    public IdentityBenchmark() {
        new Random(42).nextBytes(body);
    }

    @Benchmark
    public long bodyOf1Kb() {
        return identity.hash().add(body, 0, body.length).finish().low();
    }

    @Benchmark
    public long url() {
        return identity.hash().add(url).finish().low();
    }
}
