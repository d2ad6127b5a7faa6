package dev.weir.agent.pipeline;

import dev.weir.bootstrap.Call;
import dev.weir.instrumentation.jdkhttpserver.ServedRequest;
import dev.weir.micro.Weir;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A causal context goes from thread to thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
public class ContextBenchmark {

    private @Nullable CallPipeline live;
    private @Nullable Call request;

    @Setup
    public void arrive(Weir weir) {
        CallPipeline pipeline = weir.pipeline();
        live = pipeline;
        request = Objects.requireNonNull(pipeline.begin(new ServedRequest(false).begin()));
    }

    @TearDown
    public void leave(Weir weir) {
        weir.pipeline().end(Objects.requireNonNull(request), 200, null, null);
    }

    /** Where a task is handed over. */
    @Benchmark
    public @Nullable Object capture() {
        return Objects.requireNonNull(live).capture();
    }

    /** Where it is handed over, and where it runs. */
    @Benchmark
    public @Nullable Object captureAndRestore() {
        CallPipeline pipeline = Objects.requireNonNull(live);
        Object captured = pipeline.capture();
        Object previous = pipeline.enter(captured);
        pipeline.exit(previous);
        return captured;
    }
}
