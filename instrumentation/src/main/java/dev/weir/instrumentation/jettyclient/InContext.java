package dev.weir.instrumentation.jettyclient;

import dev.weir.bootstrap.Hooks;
import org.eclipse.jetty.util.thread.Invocable;

/** A callback of Jetty, run in the context in which it was handed over. */
final class InContext implements Invocable.Task {

    private final Object context;
    private final Runnable callback;

    InContext(Object context, Runnable callback) {
        this.context = context;
        this.callback = callback;
    }

    @Override
    public void run() {
        Object outer = Hooks.enter(context);
        try {
            callback.run();
        } finally {
            Hooks.exit(outer);
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return Invocable.getInvocationType(callback);
    }
}
