package dev.weir.instrumentation.grpc;

import static dev.weir.instrumentation.grpc.EchoService.key;
import static dev.weir.instrumentation.grpc.EchoService.message;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.StringValue;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Woven;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How an application calls a gRPC service. */
abstract class GrpcClientUse {

    static final Metadata.Key<String> TRACEPARENT = key("traceparent");

    @RegisterExtension
    final Woven woven = new Woven(new GrpcClientInstrumentation());

    final EchoService echo = new EchoService();
    Server server;
    ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(echo.definition())
                .build()
                .start();
        channel = builder().build();
    }

    NettyChannelBuilder builder() {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow();
        assertTrue(channel.awaitTermination(10, TimeUnit.SECONDS));
        assertTrue(server.awaitTermination(10, TimeUnit.SECONDS));
    }

    /** The calls in progress would be told of their end only after the test. */
    void replaceChannel(ManagedChannel other) {
        channel.shutdownNow();
        channel = other;
    }

    String unary(String text) {
        return unary(channel, CallOptions.DEFAULT, text);
    }

    static String unary(Channel channel, CallOptions options, String text) {
        return ClientCalls.blockingUnaryCall(channel, EchoService.UNARY, options, message(text))
                .getValue();
    }

    ListenableFuture<StringValue> future(String text) {
        return ClientCalls.futureUnaryCall(channel.newCall(EchoService.UNARY, CallOptions.DEFAULT), message(text));
    }

    /** Collects what a stub calls back with. */
    static final class Collected implements StreamObserver<StringValue> {

        final List<String> values = new ArrayList<>();
        final List<Object> contexts = new ArrayList<>();
        final CompletableFuture<List<String>> done = new CompletableFuture<>();

        @Override
        public void onNext(StringValue value) {
            values.add(value.getValue());
            contexts.add(Hooks.capture());
        }

        @Override
        public void onError(Throwable thrown) {
            contexts.add(Hooks.capture());
            done.completeExceptionally(thrown);
        }

        @Override
        public void onCompleted() {
            contexts.add(Hooks.capture());
            done.complete(values);
        }

        List<String> await() throws Exception {
            try {
                return done.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw (Exception) e.getCause();
            }
        }
    }

    Collected async(String text) {
        Collected collected = new Collected();
        ClientCalls.asyncUnaryCall(channel.newCall(EchoService.UNARY, CallOptions.DEFAULT), message(text), collected);
        return collected;
    }

    static StatusRuntimeException failure(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(StatusRuntimeException.class, call);
    }

    Call scope() {
        Call scope = Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, "grpc-client", "cause") {});
        assertNotNull(scope);
        return scope;
    }
}
