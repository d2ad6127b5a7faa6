package dev.weir.bootstrap;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
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
    private volatile int tries;

    /**
     * @param instrumentation the adapter's name
     * @param name what the layer calls this retry, or the layer's own name when it has none
     */
    public RetryLoop(String instrumentation, String name) {
        this.instrumentation = instrumentation;
        this.name = name;
    }

    /** The next try begins on this thread. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    public @Nullable Call begin() {
        tries = tries + 1;
        Call begun = Hooks.begin(new Try(instrumentation, name, latest, tries));
        if (begun != null && !(begun instanceof Call.Denied)) latest = begun;
        return begun;
    }

    /** How many tries have begun. */
    public int tries() {
        return tries;
    }

    /** The try is over, or, when its result is a stage, will be with that. */
    public static void end(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
        if (call != null && thrown == null && result instanceof CompletionStage<?> stage) {
            Hooks.leave(call);
            stage.whenComplete(new Ended<>(call));
        } else {
            Hooks.end(call, 0, thrown);
        }
    }

    /** Calls the same, as the next try each time. */
    public <T> Callable<T> tries(Callable<T> callable) {
        return new Calls<>(this, callable);
    }

    /** Calls the same, as the next try each time. */
    public <T> Supplier<T> tries(Supplier<T> supplier) {
        return new Supplies<>(this, supplier);
    }

    /** Runs the same, as the next try each time. */
    public Runnable tries(Runnable runnable) {
        return new Runs(this, runnable);
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

        Ended(Call call) {
            this.call = call;
        }

        @Override
        public void accept(T result, Throwable thrown) {
            Hooks.end(call, 0, thrown);
        }
    }

    private static final class Calls<T> implements Callable<T> {

        private final RetryLoop loop;
        private final Callable<T> callable;

        Calls(RetryLoop loop, Callable<T> callable) {
            this.loop = loop;
            this.callable = callable;
        }

        @Override
        public T call() throws Exception {
            Call call = loop.begin();
            T result;
            try {
                result = callable.call();
            } catch (Throwable t) {
                end(call, null, t);
                throw t;
            }
            end(call, result, null);
            return result;
        }
    }

    private static final class Supplies<T> implements Supplier<T> {

        private final RetryLoop loop;
        private final Supplier<T> supplier;

        Supplies(RetryLoop loop, Supplier<T> supplier) {
            this.loop = loop;
            this.supplier = supplier;
        }

        @Override
        public T get() {
            Call call = loop.begin();
            T result;
            try {
                result = supplier.get();
            } catch (Throwable t) {
                end(call, null, t);
                throw t;
            }
            end(call, result, null);
            return result;
        }
    }

    private static final class Runs implements Runnable {

        private final RetryLoop loop;
        private final Runnable runnable;

        Runs(RetryLoop loop, Runnable runnable) {
            this.loop = loop;
            this.runnable = runnable;
        }

        @Override
        public void run() {
            Call call = loop.begin();
            try {
                runnable.run();
            } catch (Throwable t) {
                end(call, null, t);
                throw t;
            }
            end(call, null, null);
        }
    }
}
