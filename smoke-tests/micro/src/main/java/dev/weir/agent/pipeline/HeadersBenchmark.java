package dev.weir.agent.pipeline;

import dev.weir.agent.context.HostClasses;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.jdkhttpclient.JdkRequest;
import dev.weir.instrumentation.jdkhttpserver.ServedRequest;
import dev.weir.micro.Weir;
import java.util.List;
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

/** The headers of an outbound call, with the facts that they are set on. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
public class HeadersBenchmark {

    private static final String HEAD = String.join(
            "\r\n",
            "GET /orders/7?verbose=true HTTP/1.1",
            "Connection: Upgrade, HTTP2-Settings",
            "Host: shop.internal:8080",
            "Accept: application/json",
            "User-Agent: shop/1.4",
            "X-Request-Id: 6f1c8e4e-1d0b-4f6e-9f51-2a0a3a1f7c55",
            "",
            "");

    private final Wire wire = new Wire(
            new HostClasses(List.of()), 86_400_000, new Sampler(1, true), ThreadLocal.withInitial(ThreadState::new));
    private final JdkRequest get = new JdkRequest("http://shop.internal:8080/orders/7?verbose=true", null);
    private final StringBuilder head = new StringBuilder(1_024);
    private final HttpFacts facts = get.begin();
    private @Nullable Call request;
    private @Nullable OpenCall call;

    @Setup
    public void begin(Weir weir) {
        CallPipeline pipeline = weir.pipeline();
        request = Objects.requireNonNull(pipeline.begin(new ServedRequest(false).begin()));
        call = (OpenCall) Objects.requireNonNull(pipeline.begin(facts));
    }

    @TearDown
    public void end(Weir weir) {
        CallPipeline pipeline = weir.pipeline();
        pipeline.end(Objects.requireNonNull(call), 200, null, null);
        pipeline.end(Objects.requireNonNull(request), 200, null, null);
    }

    /** To a host of our own: {@code traceparent} and {@code baggage}. */
    @Benchmark
    public HttpFacts inject() {
        HttpFacts fresh = get.begin();
        wire.inject(Objects.requireNonNull(call), fresh, fresh.host(), true, 0, 0);
        return fresh;
    }

    /** To a host outside: {@code traceparent}. */
    @Benchmark
    public HttpFacts injectOutside() {
        HttpFacts fresh = get.begin();
        wire.inject(Objects.requireNonNull(call), fresh, fresh.host(), false, 0, 0);
        return fresh;
    }

    /** What was set is printed with the head of the request. */
    @Benchmark
    public int print() {
        head.setLength(0);
        return get.print(facts, head.append(HEAD));
    }
}
