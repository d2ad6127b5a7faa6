package dev.weir.instrumentation.threads;

import dev.weir.bootstrap.Hooks;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A task or function of the application together with the context in which it runs. Whatever it is called as, the
 * application's object is called as.
 *
 * <p>Stands only where the application cannot meet it: inside a {@code FutureTask}, a {@code CompletableFuture}'s stage,
 * an adapter of {@code ForkJoinTask}.
 */
@SuppressWarnings({"rawtypes", "unchecked"})
final class Carried implements Runnable, Callable, Supplier, Function, BiFunction, Consumer, BiConsumer {

    final Object task;
    final @Nullable Object context;

    Carried(Object task, @Nullable Object context) {
        this.task = task;
        this.context = context;
    }

    /** The task with this context, unless it has one already. */
    static Object with(Object context, Object task) {
        return task instanceof Carried ? task : new Carried(task, context);
    }

    @Override
    public void run() {
        Object previous = Hooks.enter(context);
        try {
            ((Runnable) task).run();
        } finally {
            Hooks.exit(previous);
        }
    }

    @Override
    public @Nullable Object call() throws Exception {
        Object previous = Hooks.enter(context);
        try {
            return ((Callable) task).call();
        } finally {
            Hooks.exit(previous);
        }
    }

    @Override
    public @Nullable Object get() {
        Object previous = Hooks.enter(context);
        try {
            return ((Supplier) task).get();
        } finally {
            Hooks.exit(previous);
        }
    }

    @Override
    public @Nullable Object apply(@Nullable Object value) {
        Object previous = Hooks.enter(context);
        try {
            return ((Function) task).apply(value);
        } finally {
            Hooks.exit(previous);
        }
    }

    @Override
    public @Nullable Object apply(@Nullable Object value, @Nullable Object other) {
        Object previous = Hooks.enter(context);
        try {
            return ((BiFunction) task).apply(value, other);
        } finally {
            Hooks.exit(previous);
        }
    }

    @Override
    public void accept(@Nullable Object value) {
        Object previous = Hooks.enter(context);
        try {
            ((Consumer) task).accept(value);
        } finally {
            Hooks.exit(previous);
        }
    }

    @Override
    public void accept(@Nullable Object value, @Nullable Object other) {
        Object previous = Hooks.enter(context);
        try {
            ((BiConsumer) task).accept(value, other);
        } finally {
            Hooks.exit(previous);
        }
    }

    /** Nobody who is given one as a function composes it; both interfaces ask for the method. */
    @Override
    public Carried andThen(Function after) {
        throw new UnsupportedOperationException();
    }

    /** JDK tasks print the task that they wrap. */
    @Override
    public String toString() {
        return task.toString();
    }

    /** Equal to a carried task of this identity, so that a queue finds it. */
    static Object like(Object task) {
        return new Like(task);
    }

    private static final class Like {

        private final Object task;

        Like(Object task) {
            this.task = task;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Carried carried && carried.task == task;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(task);
        }
    }
}
