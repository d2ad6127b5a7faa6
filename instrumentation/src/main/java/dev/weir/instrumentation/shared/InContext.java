package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/** A task that was handed over, run in the context in which that was done. */
public final class InContext implements Runnable {

    private final Object context;
    private final Runnable task;

    private InContext(Object context, Runnable task) {
        this.context = context;
        this.task = task;
    }

    /** The task in the context of this thread; as it is where there is none. */
    public static @Nullable Runnable of(@Nullable Runnable task) {
        Object context = task == null || task instanceof InContext ? null : Hooks.capture();
        return context == null || task == null ? task : new InContext(context, task);
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
