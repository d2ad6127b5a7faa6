package dev.weir.instrumentation.servlet;

import dev.weir.instrumentation.shared.InContext;
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
        InContext.run(context, listener, ReadListener::onDataAvailable);
    }

    @Override
    public void onAllDataRead() throws IOException {
        InContext.run(context, listener, ReadListener::onAllDataRead);
    }

    @Override
    public void onError(Throwable thrown) {
        InContext.run(context, listener, thrown, ReadListener::onError);
    }
}
