package dev.weir.instrumentation.grpc;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** One call that is being served. It is over when its peer has everything, or is gone. */
final class ServedCall<Q, R> extends ForwardingServerCall.SimpleForwardingServerCall<Q, R> {

    private final Call scope;
    private final ServerCallFacts facts;
    private final @Nullable Deadline deadline = Context.current().getDeadline();
    private volatile @Nullable Status closed;

    ServedCall(ServerCall<Q, R> call, Call scope, ServerCallFacts facts) {
        super(call);
        this.scope = scope;
        this.facts = facts;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        Metadata sent = facts.reply(trailers);
        // At the end of the reply, when all that was caused is counted.
        Hooks.replying(scope);
        facts.replied();
        closed = status;
        super.close(status, sent);
    }

    /** The peer has the whole reply. */
    void complete() {
        Status status = closed;
        end(code(status), status == null ? null : status.getCause());
    }

    private static Status.Code code(@Nullable Status status) {
        return status == null ? Status.Code.UNKNOWN : status.getCode();
    }

    /** The peer is gone, or its time is up. */
    void cancelled() {
        boolean late = deadline != null && deadline.isExpired();
        end(late ? Status.Code.DEADLINE_EXCEEDED : Status.Code.CANCELLED, null);
    }

    /** The application threw; grpc tells the peer that nobody knows why. */
    void failed(Throwable thrown) {
        end(code(closed), thrown);
    }

    private void end(Status.Code code, @Nullable Throwable thrown) {
        Hooks.end(scope, 0, code.name(), thrown);
    }
}
