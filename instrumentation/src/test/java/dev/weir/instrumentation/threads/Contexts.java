package dev.weir.instrumentation.threads;

import dev.weir.bootstrap.Hooks;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs in a context, as an agent run would. */
final class Contexts {

    private Contexts() {}

    /** Runs the body in the context. */
    static <T> T inside(Object context, Callable<T> body) throws Exception {
        Object previous = Hooks.enter(context);
        try {
            return body.call();
        } finally {
            Hooks.exit(previous);
        }
    }

    /** The context that the body is in; for tasks. */
    static Object here() {
        return Hooks.capture();
    }

    /** A context that prints well. */
    static Object named(String name) {
        return new Object() {
            @Override
            public String toString() {
                return name;
            }
        };
    }

    /** Shuts down, and waits until everything is over. */
    static void close(ExecutorService executor) throws InterruptedException {
        executor.shutdown();
        if (!executor.awaitTermination(20, TimeUnit.SECONDS)) throw new AssertionError("still running");
    }
}
