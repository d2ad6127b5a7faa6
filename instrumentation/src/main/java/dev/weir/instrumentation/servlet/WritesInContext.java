package dev.weir.instrumentation.servlet;

import dev.weir.bootstrap.Hooks;
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
        Object previous = Hooks.enter(context);
        try {
            listener.onWritePossible();
        } finally {
            Hooks.exit(previous);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        Object previous = Hooks.enter(context);
        try {
            listener.onError(thrown);
        } finally {
            Hooks.exit(previous);
        }
    }
}
