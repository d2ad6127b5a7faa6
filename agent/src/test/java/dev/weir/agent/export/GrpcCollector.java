package dev.weir.agent.export;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A gRPC server with OpenTelemetry's own trace service. */
final class GrpcCollector implements AutoCloseable {

    /** What the service does with one request. */
    interface Answer {
        void to(StreamObserver<ExportTraceServiceResponse> caller);
    }

    static final Answer ACCEPT = caller -> {
        caller.onNext(ExportTraceServiceResponse.getDefaultInstance());
        caller.onCompleted();
    };

    final List<ExportTraceServiceRequest> requests = new CopyOnWriteArrayList<>();
    final List<Metadata> metadata = new CopyOnWriteArrayList<>();
    final AtomicLong wireBytes = new AtomicLong();
    final AtomicLong messageBytes = new AtomicLong();
    private final Queue<Answer> next = new ConcurrentLinkedQueue<>();
    private final Server server;

    GrpcCollector() throws IOException {
        this(0, null);
    }

    GrpcCollector(int port, @Nullable SelfSigned tls) throws IOException {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        if (tls != null) {
            builder.useTransportSecurity(
                    Path.of(tls.certificate()).toFile(), Path.of(tls.key()).toFile());
        }
        server = builder.addService(new Service())
                .intercept(new Heads())
                .addStreamTracerFactory(new ServerStreamTracer.Factory() {
                    @Override
                    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                        return new Sizes();
                    }
                })
                .build()
                .start();
    }

    /** The next requests are answered like this, one each; then they are accepted. */
    GrpcCollector next(Answer... answers) {
        next.addAll(List.of(answers));
        return this;
    }

    int port() {
        return server.getPort();
    }

    String endpoint(String scheme) {
        return scheme + "://127.0.0.1:" + server.getPort();
    }

    long spans() {
        return requests.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .mapToLong(scope -> scope.getSpansCount())
                .sum();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Service extends TraceServiceGrpc.TraceServiceImplBase {
        @Override
        public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> caller) {
            requests.add(request);
            Answer answer = next.poll();
            (answer == null ? ACCEPT : answer).to(caller);
        }
    }

    private final class Heads implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> handler) {
            metadata.add(headers);
            return handler.startCall(call, headers);
        }
    }

    private final class Sizes extends ServerStreamTracer {
        @Override
        public void inboundWireSize(long bytes) {
            wireBytes.addAndGet(bytes);
        }

        @Override
        public void inboundUncompressedSize(long bytes) {
            messageBytes.addAndGet(bytes);
        }
    }
}
