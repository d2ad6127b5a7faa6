package dev.weir.instrumentation.grpc;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Authority;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call that begins when it is started: grpc's own is only made then, because its deadline may have to be shorter. */
final class FollowedCall<Q, R> extends ForwardingClientCall<Q, R> {

    private final MethodDescriptor<Q, R> method;
    private final CallOptions options;
    private final Channel channel;
    private final Context context = Context.current();
    private volatile @Nullable ClientCall<Q, R> made;

    FollowedCall(MethodDescriptor<Q, R> method, CallOptions options, Channel channel) {
        this.method = method;
        this.options = options;
        this.channel = channel;
    }

    @Override
    protected ClientCall<Q, R> delegate() {
        ClientCall<Q, R> present = made;
        return present == null ? make(options) : present;
    }

    /** In the context in which the application asked for the call, not in that in which it starts it. */
    private synchronized ClientCall<Q, R> make(CallOptions with) {
        ClientCall<Q, R> present = made;
        if (present != null) return present;
        Context before = context.attach();
        try {
            ClientCall<Q, R> call = channel.newCall(method, with);
            made = call;
            return call;
        } finally {
            context.detach(before);
        }
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        Object cause = Hooks.capture();
        ClientCallFacts facts = new ClientCallFacts(
                method, options, context, Authority.parse(channel.authority()), GrpcHeaders.copy(headers));
        Call call = made == null ? facts.begin() : null;
        if (call == null) {
            delegate().start(listener, headers);
        } else if (call instanceof Call.Denied denied) {
            refuse(denied, listener, headers);
        } else {
            start(call, facts, new FollowedListener<>(listener, call, facts, cause));
        }
    }

    private void start(Call call, ClientCallFacts facts, FollowedListener<R> listener) {
        Metadata sent = GrpcHeaders.copy(facts.headers());
        Attachments.attach(sent, call);
        try {
            make(facts.options()).start(listener, sent);
        } catch (Throwable t) {
            Hooks.end(call, 0, Status.INTERNAL.getCode().name(), t);
            throw t;
        }
    }

    /** The listener hears of it where it hears of everything. */
    private void refuse(Call.Denied denied, Listener<R> listener, Metadata headers) {
        Status status = ClientCallFacts.status(denied);
        Executor executor = options.getExecutor();
        if (executor != null) {
            made = new RefusedCall<>();
            executor.execute(context.wrap(() -> listener.onClose(status, new Metadata())));
            return;
        }
        // Only the channel knows its executor. A call whose deadline has passed goes nowhere, and ends there.
        make(options.withDeadlineAfter(-1, TimeUnit.NANOSECONDS))
                .start(new RefusedListener<>(listener, status), headers);
    }

    /** What the application still does with a call that has ended. */
    private static final class RefusedCall<Q, R> extends ClientCall<Q, R> {

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            throw new IllegalStateException("already started");
        }

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
    }

    private static final class RefusedListener<R> extends ClientCall.Listener<R> {

        private final ClientCall.Listener<R> listener;
        private final Status status;

        RefusedListener(ClientCall.Listener<R> listener, Status status) {
            this.listener = listener;
            this.status = status;
        }

        @Override
        public void onClose(Status passed, Metadata trailers) {
            listener.onClose(status, trailers);
        }
    }
}
