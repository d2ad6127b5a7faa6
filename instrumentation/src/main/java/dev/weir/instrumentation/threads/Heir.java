package dev.weir.instrumentation.threads;

import dev.weir.bootstrap.Hooks;

/** The task of a virtual thread that was given a context, which is over when the task is. */
final class Heir implements Runnable {

    private final Thread thread;
    private final Runnable task;

    Heir(Thread thread, Runnable task) {
        this.thread = thread;
        this.task = task;
    }

    @Override
    public void run() {
        try {
            task.run();
        } finally {
            // Whoever took it has it on this thread.
            if (Hooks.inherited(thread) == null) Hooks.exit(null);
        }
    }
}
