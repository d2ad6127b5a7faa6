package dev.weir.instrumentation.grpc;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.shared.HostPort;
import dev.weir.instrumentation.shared.OwnCause;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is known of one call below the application's interceptors. */
final class ClientCallFacts extends HttpFacts {

    private static final String BLOCKING = "io.grpc.stub.ClientCalls$";

    private final MethodDescriptor<?, ?> method;
    private final CallOptions options;
    private final Context context;
    private final Metadata headers;
    /** A message is at hand only while the call begins, and on that thread. */
    private boolean beginning;

    private boolean waits;
    private long limitMillis;
    private @Nullable Metadata replyHeaders;
    private @Nullable Metadata trailers;
    private boolean sent;
    private volatile boolean hedges;
    private volatile Call.@Nullable Denied refused;

    /** @param headers ours to change */
    ClientCallFacts(
            MethodDescriptor<?, ?> method, CallOptions options, Context context, HostPort authority, Metadata headers) {
        super(
                Kind.HTTP_CLIENT,
                "grpc-client",
                "POST",
                null,
                authority.host(),
                authority.port(),
                "/" + method.getFullMethodName(),
                null);
        this.method = method;
        this.options = options;
        this.context = context;
        this.headers = headers;
    }

    static @Nullable ClientCallFacts of(@Nullable Call call) {
        return call != null && call.facts() instanceof ClientCallFacts facts ? facts : null;
    }

    /** Begins the call; it is left at once, for nothing that grpc does below is half of another call. */
    @Nullable
    Call begin() {
        beginning = true;
        Executor executor = options.getExecutor();
        // The stub waits on this very thread, and runs what grpc has to say on it.
        waits = UnaryRequest.isAtHand()
                && executor != null
                && executor.getClass().getName().startsWith(BLOCKING);
        // A call out of a callback inside another call is one of its own.
        OwnCause own = Hooks.open() == null ? OwnCause.NONE : OwnCause.apart();
        try {
            Call call = Hooks.begin(this);
            Hooks.leave(call);
            return call;
        } finally {
            beginning = false;
            // It is this call's, and no other's that is started below.
            UnaryRequest.atHand(null);
            own.leave();
        }
    }

    /** The options that the call goes out with. */
    CallOptions options() {
        if (limitMillis <= 0) return options;
        Deadline limit = Deadline.after(limitMillis, TimeUnit.MILLISECONDS);
        Deadline own = options.getDeadline();
        return options.withDeadline(own == null ? limit : own.minimum(limit));
    }

    Metadata headers() {
        return headers;
    }

    void replied(Metadata received) {
        replyHeaders = received;
    }

    void closed(Metadata received) {
        trailers = received;
    }

    void hedges() {
        hedges = true;
    }

    /** Whether grpc makes another attempt by itself. */
    synchronized boolean isRepeated() {
        boolean repeated = sent;
        sent = true;
        return repeated;
    }

    /** A further attempt was refused: the call is over. */
    void refuse(Call.Denied denied) {
        refused = denied;
    }

    Call.@Nullable Denied refused() {
        return refused;
    }

    static Status status(Call.Denied denied) {
        return (denied.timeout() ? Status.DEADLINE_EXCEEDED : Status.UNAVAILABLE).withDescription(denied.message());
    }

    @Override
    public String rpcSystem() {
        return "grpc";
    }

    // Other attempts of a hedged call are under way, and grpc cannot be told that one more will not come.
    @Override
    public boolean refusable() {
        return !hedges;
    }

    @Override
    public boolean waits() {
        return waits;
    }

    @Override
    public long callerTimeoutMillis() {
        Deadline own = options.getDeadline();
        Deadline around = context.getDeadline();
        Deadline earlier = own == null ? around : around == null ? own : own.minimum(around);
        return earlier == null ? 0 : Math.max(1, earlier.timeRemaining(TimeUnit.MILLISECONDS));
    }

    @Override
    public boolean limit(long millis) {
        limitMillis = millis;
        return true;
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
    public boolean setHeader(String name, String value) {
        return GrpcHeaders.set(headers, name, value);
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return GrpcHeaders.set(headers, name, value);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        String value = GrpcHeaders.get(trailers, name);
        return value != null ? value : GrpcHeaders.get(replyHeaders, name);
    }

    @Override
    public long bodyLength() {
        try (InputStream message = beginning ? UnaryRequest.open(method) : null) {
            return message == null ? -1 : message.available();
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        try (InputStream message = beginning ? UnaryRequest.open(method) : null) {
            return message == null || message.available() > limit ? null : message.readAllBytes();
        } catch (IOException e) {
            return null;
        }
    }
}
