package dev.weir.instrumentation.undertow;

import dev.weir.bootstrap.Hooks;

/** What an exchange was dispatched to, run in the context in which it was handed over. */
final class InContext implements Runnable {

    private final Object context;
    private final Runnable task;

    InContext(Object context, Runnable task) {
        this.context = context;
        this.task = task;
    }

    @Override
    public void run() {
        Object outer = Hooks.enter(context);
        try {
            task.run();
        } finally {
            Hooks.exit(outer);
        }
    }
}
