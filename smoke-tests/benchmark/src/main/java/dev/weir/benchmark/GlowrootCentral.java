package dev.weir.benchmark;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What Glowroot's agent sends its traces to, over gRPC, and a home with settings for the agent.
 *
 * <p>A trace comes as a stream of messages: one for each entry, which is what others call a span, and a header for the
 * request itself.
 */
final class GlowrootCentral implements AutoCloseable {

    private static final String TRACES = "org_glowroot_wire_api_model.CollectorService/collectTraceStream";
    private static final String CONNECT = "org_glowroot_wire_api_model.DownstreamService/connect";

    /** The fields of a message that hold an entry or the header, each with a length: (4 or 7) × 8 + 2. */
    private static final int ENTRY = 34;

    private static final int HEADER = 58;

    private final Path home = Files.createTempDirectory("glowroot");
    private final Server server;

    /** The count is told of each message's spans. */
    GlowrootCentral(IntConsumer count) throws IOException {
        // Out of the box only requests of two seconds and more are traced.
        Files.writeString(home.resolve("config.json"), "{\"transactions\":{\"slowThresholdMillis\":0}}");
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .fallbackHandlerRegistry(new AnyMethod(count))
                .build()
                .start();
    }

    List<String> options() {
        return List.of(
                "-Dglowroot.collector.address=http://127.0.0.1:" + server.getPort(),
                "-Dglowroot.agent.id=benchmark",
                "-Dglowroot.conf.dir=" + home,
                "-Dglowroot.log.dir=" + home,
                "-Dglowroot.tmp.dir=" + home);
    }

    static int spans(byte[] message) {
        return message.length > 0 && (message[0] == ENTRY || message[0] == HEADER) ? 1 : 0;
    }

    @Override
    public void close() throws IOException {
        server.shutdownNow();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Answers every method with an empty message when the agent has said all; commands for the agent never come. */
    private static final class AnyMethod extends HandlerRegistry {

        private final IntConsumer count;

        AnyMethod(IntConsumer count) {
            this.count = count;
        }

        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
            MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(name)
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Bytes())
                    .build();
            return ServerMethodDefinition.create(method, (call, headers) -> {
                call.request(Integer.MAX_VALUE);
                return new Listener(call, name.equals(TRACES) ? count : ignored -> {}, name.equals(CONNECT));
            });
        }
    }

    private static final class Listener extends ServerCall.Listener<byte[]> {

        private final ServerCall<byte[], byte[]> call;
        private final IntConsumer count;
        private final boolean silent;

        Listener(ServerCall<byte[], byte[]> call, IntConsumer count, boolean silent) {
            this.call = call;
            this.count = count;
            this.silent = silent;
        }

        @Override
        public void onMessage(byte[] message) {
            count.accept(spans(message));
        }

        @Override
        public void onHalfClose() {
            call.sendHeaders(new Metadata());
            if (!silent) {
                call.sendMessage(new byte[0]);
            }
            call.close(Status.OK, new Metadata());
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
