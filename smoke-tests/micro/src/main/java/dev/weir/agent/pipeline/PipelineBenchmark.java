package dev.weir.agent.pipeline;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.FileFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.SqlFacts;
import dev.weir.instrumentation.httpurlconnection.UrlRequest;
import dev.weir.instrumentation.jdkhttpclient.JdkRequest;
import dev.weir.instrumentation.jdkhttpserver.ServedRequest;
import dev.weir.micro.Weir;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Begin and end of one call without I/O, from its facts to the export queue. Calls are made inside inbound requests, 20 in
 * each, so that a twentieth of {@link #inbound} is in each. Bytes are those of all threads, the exporter's too.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
public class PipelineBenchmark {

    private static final int CALLS = 20;
    private static final String BODY = "{\"order\":7,\"note\":\"" + "abcdefgh".repeat(125) + "\"}";

    /** What became of the records: where many were dropped, the figures are those of dropping. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Exported {

        private @Nullable Weir weir;
        private long sentBefore;
        private long droppedBefore;

        @Setup(Level.Iteration)
        public void before(Weir live) {
            weir = live;
            sentBefore = live.sent();
            droppedBefore = live.dropped();
        }

        public long sent() {
            return Objects.requireNonNull(weir).sent() - sentBefore;
        }

        public long dropped() {
            return Objects.requireNonNull(weir).dropped() - droppedBefore;
        }
    }

    private @Nullable CallPipeline live;
    private final ServedRequest served = new ServedRequest(false);
    private final ServedRequest servedFromWeir = new ServedRequest(true);
    private final JdkRequest get = new JdkRequest("http://shop.internal:8080/orders/7?verbose=true", null);
    private final JdkRequest getOutside = new JdkRequest("https://api.example.com/orders/7?verbose=true", null);
    private final JdkRequest post = new JdkRequest("http://shop.internal:8080/orders", BODY);
    private final UrlRequest urlGet = new UrlRequest("http://shop.internal:8080/orders/7?verbose=true");

    @Setup
    public void begin(Weir weir) {
        live = weir.pipeline();
    }

    private static Call begun(@Nullable Call call) {
        if (call == null || call instanceof Call.Denied) throw new IllegalStateException("not followed");
        return call;
    }

    private Call arrive(CallPipeline pipeline) {
        return begun(pipeline.begin(served.begin()));
    }

    // ---- calls

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void jdkHttpClientGet(Exported exported) {
        CallPipeline pipeline = Objects.requireNonNull(live);
        Call request = arrive(pipeline);
        for (int i = 0; i < CALLS; i++) call(pipeline, get);
        pipeline.end(request, 200, null, null);
    }

    /** To a host that gets no headers of our own. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void jdkHttpClientGetOutside(Exported exported) {
        CallPipeline pipeline = Objects.requireNonNull(live);
        Call request = arrive(pipeline);
        for (int i = 0; i < CALLS; i++) call(pipeline, getOutside);
        pipeline.end(request, 200, null, null);
    }

    /** With a body of 1 KB, which is part of what makes it the same, and an idempotency key that is only suggested. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void jdkHttpClientPost(Exported exported) {
        CallPipeline pipeline = Objects.requireNonNull(live);
        Call request = arrive(pipeline);
        for (int i = 0; i < CALLS; i++) call(pipeline, post);
        pipeline.end(request, 200, null, null);
    }

    private static void call(CallPipeline pipeline, JdkRequest request) {
        HttpFacts facts = request.begin();
        Call call = begun(pipeline.begin(facts));
        request.answered(facts);
        pipeline.end(call, 200, null, null);
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void httpUrlConnectionGet(Exported exported) {
        CallPipeline pipeline = Objects.requireNonNull(live);
        Call request = arrive(pipeline);
        for (int i = 0; i < CALLS; i++) {
            HttpFacts facts = urlGet.begin();
            Call call = begun(pipeline.begin(facts));
            urlGet.answered(facts);
            pipeline.end(call, 200, null, null);
        }
        pipeline.end(request, 200, null, null);
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void jdbcSelect(Exported exported) {
        CallPipeline pipeline = Objects.requireNonNull(live);
        Call request = arrive(pipeline);
        for (int i = 0; i < CALLS; i++) {
            Call call = begun(pipeline.begin(new Select(i)));
            pipeline.end(call, 0, null, null);
        }
        pipeline.end(request, 200, null, null);
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void fileWrite(Exported exported) {
        CallPipeline pipeline = Objects.requireNonNull(live);
        Call request = arrive(pipeline);
        for (int i = 0; i < CALLS; i++) {
            Call call = begun(pipeline.begin(new Written()));
            pipeline.end(call, 0, null, null);
        }
        pipeline.end(request, 200, null, null);
    }

    // ---- requests

    /** A request that carries nothing of ours. */
    @Benchmark
    public void inbound(Exported exported) {
        CallPipeline pipeline = Objects.requireNonNull(live);
        Call request = begun(pipeline.begin(served.begin()));
        pipeline.replying(request);
        pipeline.end(request, 200, null, null);
    }

    /** A request from a process with Weir. */
    @Benchmark
    public void inboundFromWeir(Exported exported) {
        CallPipeline pipeline = Objects.requireNonNull(live);
        Call request = begun(pipeline.begin(servedFromWeir.begin()));
        pipeline.replying(request);
        pipeline.end(request, 200, null, null);
    }

    private static final class Select extends SqlFacts {

        private static final String TEXT =
                "select o.id, o.total, c.name from orders o join customers c on c.id = o.customer"
                        + " where o.id = ? and c.region = ?";

        private final Integer id;

        Select(int id) {
            super("jdbc", TEXT);
            this.id = id;
        }

        @Override
        public String url() {
            return "jdbc:postgresql://db.internal:5432/shop";
        }

        @Override
        public String user() {
            return "shop";
        }

        @Override
        public int parameterCount() {
            return 2;
        }

        @Override
        public Object parameter(int index) {
            return index == 0 ? id : "north";
        }
    }

    private static final class Written extends FileFacts {

        private boolean left;

        Written() {
            super("files", Action.WRITE, "/var/lib/shop/orders/2026-11-22/7.json");
        }

        @Override
        public long bytesWritten() {
            return 1_024;
        }

        @Override
        public boolean leaveTraceparent(String traceparent) {
            left = true;
            return true;
        }

        @Override
        public boolean traceparentLeft() {
            return left;
        }
    }
}
