package dev.weir.instrumentation.grpc;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.shared.Authority;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What is known of one inbound call. */
final class ServerCallFacts extends HttpFacts {

    private final Metadata headers;
    private final @Nullable String peer;
    private @Nullable Metadata reply;

    ServerCallFacts(ServerCall<?, ?> call, Metadata headers) {
        this(call, headers, Authority.parse(call.getAuthority()));
    }

    private ServerCallFacts(ServerCall<?, ?> call, Metadata headers, Authority authority) {
        super(
                Kind.HTTP_SERVER,
                "grpc-server",
                "POST",
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION) == null ? "http" : "https",
                authority.host(),
                authority.port(),
                "/" + call.getMethodDescriptor().getFullMethodName(),
                null);
        this.headers = headers;
        this.peer = address(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    }

    private static @Nullable String address(@Nullable SocketAddress peer) {
        if (peer instanceof InetSocketAddress internet) {
            return internet.getAddress() == null
                    ? internet.getHostString()
                    : internet.getAddress().getHostAddress();
        }
        String type = peer == null ? "" : peer.getClass().getSimpleName();
        // A peer without an address on a network is a process on this machine, or this one.
        return type.equals("InProcessSocketAddress") || type.equals("DomainSocketAddress") ? "localhost" : null;
    }

    /** The reply is about to end with these trailers; returns what is sent instead. */
    Metadata reply(Metadata trailers) {
        // They may be shared by many replies.
        Metadata own = GrpcHeaders.copy(trailers);
        reply = own;
        return own;
    }

    /** It is too late for the reply. */
    void replied() {
        reply = null;
    }

    @Override
    public String rpcSystem() {
        return "grpc";
    }

    @Override
    public @Nullable String peerAddress() {
        return peer;
    }

    @Override
    public @Nullable String header(String name) {
        return GrpcHeaders.get(headers, name);
    }

    @Override
    public boolean repeatsHeader(String name) {
        return GrpcHeaders.repeats(headers, name);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        Metadata open = reply;
        return open != null && GrpcHeaders.set(open, name, value);
    }
}
