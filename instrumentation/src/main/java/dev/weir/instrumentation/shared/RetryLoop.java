package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One logical call of a layer that retries. Its tries are the attempts of one operation, whatever became of each: a layer
 * may also repeat what succeeded, because it did not like the result.
 */
public final class RetryLoop {

    private final String instrumentation;
    private final String name;
    // Tries come one after the other, but each may be on another thread.
    private volatile @Nullable Call latest;
    private final AtomicInteger tries = new AtomicInteger();
    private boolean bound;
    private volatile @Nullable Object cause;

    /**
     * @param instrumentation the adapter's name
     * @param name what the layer calls this retry, or the layer's own name when it has none
     */
    public RetryLoop(String instrumentation, String name) {
        this.instrumentation = instrumentation;
        this.name = name;
    }

    /**
     * Whatever caused the logical call on this thread now causes every try, also those that a scheduler's thread makes, or
     * the thread on which the try before ended. Before the first try.
     */
    public RetryLoop causedHere() {
        bound = true;
        cause = Hooks.capture();
        return this;
    }

    /** What is tried, in a library's own functional type. */
    public interface Action<T extends @Nullable Object, E extends Throwable> {

        /** Runs it once. */
        T run() throws E;
    }

    /** Says of a result what failure it stands for. */
    public interface Failure {

        /** {@code null} when it stands for none. */
        @Nullable
        Throwable of(@Nullable Object result);
    }

    /** Runs the action as the next try. */
    public <T extends @Nullable Object, E extends Throwable> T attempt(Action<T, E> action) throws E {
        return attempt(action, null);
    }

    /**
     * Runs the action as the next try.
     *
     * @param failure for layers in which tries do not throw: what a result, or what the result's stage ends with, stands for
     */
    public <T extends @Nullable Object, E extends Throwable> T attempt(Action<T, E> action, @Nullable Failure failure)
            throws E {
        boolean elsewhere = bound && Hooks.capture() != cause;
        Object previous = elsewhere ? Hooks.enter(cause) : null;
        try {
            Call call = begin();
            T result;
            try {
                result = action.run();
            } catch (Throwable t) {
                end(call, null, t);
                throw t;
            }
            end(call, result, null, failure);
            return result;
        } finally {
            if (elsewhere) Hooks.exit(previous);
        }
    }

    /** What a try consists of that is over when something says so. */
    public interface Start {

        /**
         * Sets it going.
         *
         * @param call for {@link Hooks#end}, on any thread
         */
        void run(@Nullable Call call);
    }

    /** Runs the action inside the next try, and leaves it open: whoever has the call ends it. */
    public void start(Start action) {
        boolean elsewhere = bound && Hooks.capture() != cause;
        Object previous = elsewhere ? Hooks.enter(cause) : null;
        try {
            Call call = begin();
            try {
                action.run(call);
            } catch (Throwable t) {
                Hooks.end(call, 0, t);
                throw t;
            }
            Hooks.leave(call);
        } finally {
            if (elsewhere) Hooks.exit(previous);
        }
    }

    /** The next try begins on this thread. */
    public @Nullable Call begin() {
        Call begun = Hooks.begin(new Try(instrumentation, name, latest, tries.incrementAndGet()));
        if (begun != null && !(begun instanceof Call.Denied)) latest = begun;
        return begun;
    }

    /**
     * The logical call is over, or, when its result is a stage, will be with that. Whoever goes on to hold the loop holds
     * nothing of its tries any more.
     */
    public void over(@Nullable Object result) {
        if (result instanceof CompletionStage<?> stage) {
            stage.whenComplete((answer, thrown) -> forget());
        } else {
            forget();
        }
    }

    private void forget() {
        latest = null;
        cause = null;
    }

    /** The next try, which has not begun. */
    public Lasting<Object> next() {
        return new Lasting<>() {
            @Override
            protected @Nullable Call start() {
                return RetryLoop.this.begin();
            }

            @Override
            public void heard(Object result) {}
        };
    }

    /** How many tries have begun. */
    public int tries() {
        return tries.get();
    }

    /** The try is over, or, when its result is a stage, will be with that. */
    public static void end(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
        end(call, result, thrown, null);
    }

    private static void end(
            @Nullable Call call, @Nullable Object result, @Nullable Throwable thrown, @Nullable Failure failure) {
        if (call == null) return;
        if (thrown == null && result instanceof CompletionStage<?> stage) {
            Hooks.leave(call);
            stage.whenComplete(new Ended<>(call, failure));
        } else {
            Hooks.end(call, 0, thrown == null && failure != null ? failure.of(result) : thrown);
        }
    }

    /** Calls the same, as the next try each time. */
    public <T> Callable<T> tries(Callable<T> callable) {
        return () -> attempt(callable::call);
    }

    /** Calls the same, as the next try each time. */
    public <T> Supplier<T> tries(Supplier<T> supplier) {
        return () -> attempt(supplier::get);
    }

    /** Runs the same, as the next try each time. */
    public Runnable tries(Runnable runnable) {
        return () -> attempt(() -> {
            runnable.run();
            return this;
        });
    }

    /** One try. */
    private static final class Try extends ScopeFacts {

        private final @Nullable Call previous;
        private final int number;

        Try(String instrumentation, String name, @Nullable Call previous, int number) {
            super(Kind.RETRY, instrumentation, name);
            this.previous = previous;
            this.number = number;
        }

        @Override
        public @Nullable Call previousTry() {
            return previous;
        }

        @Override
        public int tryNumber() {
            return number;
        }
    }

    private static final class Ended<T> implements BiConsumer<T, Throwable> {

        private final Call call;
        private final @Nullable Failure failure;

        Ended(Call call, @Nullable Failure failure) {
            this.call = call;
            this.failure = failure;
        }

        @Override
        public void accept(@Nullable T result, @Nullable Throwable thrown) {
            Hooks.end(call, 0, thrown == null && failure != null ? failure.of(result) : thrown);
        }
    }
}
