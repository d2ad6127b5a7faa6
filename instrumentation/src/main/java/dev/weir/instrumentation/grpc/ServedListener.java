package dev.weir.instrumentation.grpc;

import dev.weir.bootstrap.Hooks;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/** Puts whoever handles a call into its scope, on whatever thread, and hears the call's end. */
final class ServedListener<Q> extends ServerCall.Listener<Q> {

    private final ServerCall.Listener<Q> listener;
    private final ServedCall<Q, ?> call;
    private final @Nullable Object inside;

    ServedListener(ServerCall.Listener<Q> listener, ServedCall<Q, ?> call, @Nullable Object inside) {
        this.listener = listener;
        this.call = call;
        this.inside = inside;
    }

    private void handle(Runnable callback) {
        Object before = Hooks.enter(inside);
        try {
            callback.run();
        } catch (Throwable t) {
            call.failed(t);
            throw t;
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public void onMessage(Q message) {
        handle(() -> listener.onMessage(message));
    }

    @Override
    public void onHalfClose() {
        handle(listener::onHalfClose);
    }

    @Override
    public void onReady() {
        handle(listener::onReady);
    }

    @Override
    public void onCancel() {
        try {
            handle(listener::onCancel);
        } finally {
            call.cancelled();
        }
    }

    @Override
    public void onComplete() {
        try {
            handle(listener::onComplete);
        } finally {
            call.complete();
        }
    }
}
