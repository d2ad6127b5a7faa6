package dev.weir.instrumentation.grpc;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
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
        InContext.run(cause, listener, headers, ClientCall.Listener::onHeaders);
    }

    @Override
    public void onMessage(R message) {
        InContext.run(cause, listener, message, ClientCall.Listener::onMessage);
    }

    @Override
    public void onReady() {
        InContext.run(cause, listener, ClientCall.Listener::onReady);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        facts.closed(trailers);
        InContext.run(cause, listener, told -> {
            Hooks.end(call, 0, status.getCode().name(), status.getCause());
            told.onClose(status, trailers);
        });
    }
}
