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
        in(context, task::run);
    }

    /** What an application does when its container calls it. */
    interface Step<E extends Exception> {

        void run() throws E;
    }

    static <E extends Exception> void in(Object context, Step<E> step) throws E {
        Object previous = Hooks.enter(context);
        try {
            step.run();
        } finally {
            Hooks.exit(previous);
        }
    }
}
