package dev.weir.instrumentation.grpc;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Hears the end of a call, and puts whoever is called back into the context that caused the call. */
final class FollowedListener<R> extends ClientCall.Listener<R> {

    private final ClientCall.Listener<R> listener;
    private final Call call;
    private final ClientCallFacts facts;
    private final @Nullable Object cause;

    FollowedListener(ClientCall.Listener<R> listener, Call call, ClientCallFacts facts, @Nullable Object cause) {
        this.listener = listener;
        this.call = call;
        this.facts = facts;
        this.cause = cause;
    }

    @Override
    public void onHeaders(Metadata headers) {
        facts.replied(headers);
        Object before = Hooks.enter(cause);
        try {
            listener.onHeaders(headers);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public void onMessage(R message) {
        Object before = Hooks.enter(cause);
        try {
            listener.onMessage(message);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public void onReady() {
        Object before = Hooks.enter(cause);
        try {
            listener.onReady();
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        facts.closed(trailers);
        Object before = Hooks.enter(cause);
        try {
            Hooks.end(call, 0, status.getCode().name(), status.getCause());
            listener.onClose(status, trailers);
        } finally {
            Hooks.exit(before);
        }
    }
}
