package dev.weir.instrumentation.servlet;

import dev.weir.bootstrap.Hooks;

/** A task of an asynchronous request, run in the context in which it was started. */
final class InContext implements Runnable {

    private final Object context;
    private final Runnable task;

    InContext(Object context, Runnable task) {
        this.context = context;
        this.task = task;
    }

    @Override
    public void run() {
        Object previous = Hooks.enter(context);
        try {
            task.run();
        } finally {
            Hooks.exit(previous);
        }
    }
}
