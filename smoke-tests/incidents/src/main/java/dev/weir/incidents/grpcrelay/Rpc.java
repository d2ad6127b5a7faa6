package dev.weir.incidents.grpcrelay;

import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A search by gRPC: a text goes out, a text comes back. */
final class Rpc {

    static final MethodDescriptor<String, String> FIND = MethodDescriptor.<String, String>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName("search.Index/Find")
            .setRequestMarshaller(new Text())
            .setResponseMarshaller(new Text())
            .build();

    private Rpc() {}

    /** Answers searches on an ephemeral loopback port until standard input ends. */
    static void serve(ServerCalls.UnaryMethod<String, String> answer, ServerInterceptor... interceptors)
            throws IOException, InterruptedException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder("search.Index")
                        .addMethod(FIND, ServerCalls.asyncUnaryCall(answer))
                        .build());
        for (ServerInterceptor interceptor : interceptors) builder.intercept(interceptor);
        Server server = builder.build().start();
        System.out.println("listening " + server.getPort());
        while (System.in.read() >= 0) {}
        server.shutdown();
        if (!server.awaitTermination(10, TimeUnit.SECONDS)) System.out.println("a call is still running");
        System.out.println("stopped");
    }

    /** A channel to the service at this URL, with retries as its service config has them. */
    static ManagedChannel channel(String url, Map<String, ?> serviceConfig) {
        URI uri = URI.create(url);
        return NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort())
                .usePlaintext()
                .defaultServiceConfig(serviceConfig)
                .build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try (stream) {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
