package dev.weir.instrumentation.servlet;

import jakarta.servlet.WriteListener;
import java.io.IOException;

/** Writes a reply in the context in which it was asked to. */
final class WritesInContext implements WriteListener {

    private final Object context;
    private final WriteListener listener;

    WritesInContext(Object context, WriteListener listener) {
        this.context = context;
        this.listener = listener;
    }

    @Override
    public void onWritePossible() throws IOException {
        InContext.in(context, listener::onWritePossible);
    }

    @Override
    public void onError(Throwable thrown) {
        InContext.in(context, () -> listener.onError(thrown));
    }
}
