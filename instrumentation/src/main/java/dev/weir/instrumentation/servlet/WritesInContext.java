package dev.weir.instrumentation.servlet;

import dev.weir.instrumentation.shared.InContext;
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
        InContext.run(context, listener, WriteListener::onWritePossible);
    }

    @Override
    public void onError(Throwable thrown) {
        InContext.run(context, listener, thrown, WriteListener::onError);
    }
}
