package dev.weir.instrumentation.servlet;

import dev.weir.bootstrap.Hooks;
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
        Object previous = Hooks.enter(context);
        try {
            listener.onDataAvailable();
        } finally {
            Hooks.exit(previous);
        }
    }

    @Override
    public void onAllDataRead() throws IOException {
        Object previous = Hooks.enter(context);
        try {
            listener.onAllDataRead();
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
