package dev.weir.instrumentation.servlet;

import jakarta.servlet.ReadListener;
import java.io.IOException;

/** Reads a request's body in the context in which it was asked to. */
final class ReadsInContext implements ReadListener {

    private final Object context;
    private final ReadListener listener;

    ReadsInContext(Object context, ReadListener listener) {
        this.context = context;
        this.listener = listener;
    }

    @Override
    public void onDataAvailable() throws IOException {
        InContext.in(context, listener::onDataAvailable);
    }

    @Override
    public void onAllDataRead() throws IOException {
        InContext.in(context, listener::onAllDataRead);
    }

    @Override
    public void onError(Throwable thrown) {
        InContext.in(context, () -> listener.onError(thrown));
    }
}
