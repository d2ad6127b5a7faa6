package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/**
 * Runs what comes later in the context that was captured before.
 *
 * <p>What a step works on is handed to it: a method of the library can then stand for the step, as in {@code
 * InContext.run(context, listener, message, Listener::onMessage)}, and nothing is made anew for each run.
 */
public final class InContext {

    private InContext() {}

    /** What to do with one object. */
    public interface Step<A, E extends Throwable> {

        /** Does it. */
        void run(A a) throws E;
    }

    /** What to do with two objects. */
    public interface Step2<A, B extends @Nullable Object, E extends Throwable> {

        /** Does it. */
        void run(A a, B b) throws E;
    }

    /** What to do with three objects. */
    public interface Step3<A, B extends @Nullable Object, C extends @Nullable Object, E extends Throwable> {

        /** Does it. */
        void run(A a, B b, C c) throws E;
    }

    /** What to get from one object. */
    public interface Source<A, R, E extends Throwable> {

        /** Gets it. */
        @Nullable
        R get(A a) throws E;
    }

    /** What to get from two objects. */
    public interface Source2<A, B extends @Nullable Object, R, E extends Throwable> {

        /** Gets it. */
        @Nullable
        R get(A a, B b) throws E;
    }

    /** Runs the step in the context, {@code null} being none, and leaves this thread as it was. */
    public static <A, E extends Throwable> void run(@Nullable Object context, A a, Step<A, E> step) throws E {
        Object before = Hooks.enter(context);
        try {
            step.run(a);
        } finally {
            Hooks.exit(before);
        }
    }

    /** Runs the step in the context, {@code null} being none, and leaves this thread as it was. */
    public static <A, B extends @Nullable Object, E extends Throwable> void run(
            @Nullable Object context, A a, B b, Step2<A, B, E> step) throws E {
        Object before = Hooks.enter(context);
        try {
            step.run(a, b);
        } finally {
            Hooks.exit(before);
        }
    }

    /** Runs the step in the context, {@code null} being none, and leaves this thread as it was. */
    public static <A, B extends @Nullable Object, C extends @Nullable Object, E extends Throwable> void run(
            @Nullable Object context, A a, B b, C c, Step3<A, B, C, E> step) throws E {
        Object before = Hooks.enter(context);
        try {
            step.run(a, b, c);
        } finally {
            Hooks.exit(before);
        }
    }

    /** What the source gives in the context, {@code null} being none; this thread is left as it was. */
    public static <A, R, E extends Throwable> @Nullable R get(@Nullable Object context, A a, Source<A, R, E> source)
            throws E {
        Object before = Hooks.enter(context);
        try {
            return source.get(a);
        } finally {
            Hooks.exit(before);
        }
    }

    /** What the source gives in the context, {@code null} being none; this thread is left as it was. */
    public static <A, B extends @Nullable Object, R, E extends Throwable> @Nullable R get(
            @Nullable Object context, A a, B b, Source2<A, B, R, E> source) throws E {
        Object before = Hooks.enter(context);
        try {
            return source.get(a, b);
        } finally {
            Hooks.exit(before);
        }
    }

    /** The task, to be run in this thread's context; the task itself where there is none. */
    public static @Nullable Runnable task(@Nullable Runnable task) {
        Object context = task == null ? null : Hooks.capture();
        return context == null || task == null ? task : () -> run(context, task, Runnable::run);
    }
}
