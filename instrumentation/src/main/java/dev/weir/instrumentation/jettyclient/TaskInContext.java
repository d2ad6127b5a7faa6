package dev.weir.instrumentation.jettyclient;

import dev.weir.instrumentation.shared.InContext;
import org.eclipse.jetty.util.thread.Invocable;

/** A callback of Jetty, run in the context in which it was handed over. */
final class TaskInContext implements Invocable.Task {

    private final Object context;
    private final Runnable callback;

    TaskInContext(Object context, Runnable callback) {
        this.context = context;
        this.callback = callback;
    }

    @Override
    public void run() {
        InContext.run(context, callback, Runnable::run);
    }

    @Override
    public InvocationType getInvocationType() {
        return Invocable.getInvocationType(callback);
    }
}
