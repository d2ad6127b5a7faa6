package dev.weir.instrumentation.resilience4j;

import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import io.github.resilience4j.core.functions.CheckedConsumer;
import io.github.resilience4j.core.functions.CheckedFunction;
import io.github.resilience4j.core.functions.CheckedRunnable;
import io.github.resilience4j.core.functions.CheckedSupplier;
import io.github.resilience4j.retry.Retry;
import io.vavr.CheckedFunction0;
import io.vavr.CheckedFunction1;
import io.vavr.control.Either;
import io.vavr.control.Try;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * resilience4j's {@code Retry}.
 *
 * <p>A decorated function may be called many times, by many threads at once, and each call has tries of its own. So what is
 * handed out decorates, at each call, a function that belongs to that call. Decorating has no effect of its own.
 */
public final class Resilience4jInstrumentation implements Instrumentation {

    private static final String RETRY = "io.github.resilience4j.retry.Retry";
    private static final String CHECKED = "io.github.resilience4j.core.functions.";

    @Override
    public String name() {
        return "resilience4j";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type(RETRY)
                .exactly("decorateSupplier", "Suppliers", RETRY, "java.util.function.Supplier")
                .exactly("decorateCallable", "Callables", RETRY, "java.util.concurrent.Callable")
                .exactly("decorateRunnable", "Runnables", RETRY, "java.lang.Runnable")
                .exactly("decorateFunction", "Functions", RETRY, "java.util.function.Function")
                .exactly(
                        "decorateCompletionStage",
                        "Stages",
                        RETRY,
                        "java.util.concurrent.ScheduledExecutorService",
                        "java.util.function.Supplier")
                // From 2 on.
                .exactly("decorateConsumer", "Consumers", RETRY, "java.util.function.Consumer")
                .exactly("decorateCheckedSupplier", "CheckedSuppliers", RETRY, CHECKED + "CheckedSupplier")
                .exactly("decorateCheckedRunnable", "CheckedRunnables", RETRY, CHECKED + "CheckedRunnable")
                .exactly("decorateCheckedFunction", "CheckedFunctions", RETRY, CHECKED + "CheckedFunction")
                .exactly("decorateCheckedConsumer", "CheckedConsumers", RETRY, CHECKED + "CheckedConsumer")
                // Until 1.7.
                .exactly("decorateCheckedSupplier", "VavrSuppliers", RETRY, "io.vavr.CheckedFunction0")
                .exactly("decorateCheckedRunnable", "VavrRunnables", RETRY, "io.vavr.CheckedRunnable")
                .exactly("decorateCheckedFunction", "VavrFunctions", RETRY, "io.vavr.CheckedFunction1")
                .exactly("decorateEitherSupplier", "VavrEithers", RETRY, "java.util.function.Supplier")
                .exactly("decorateTrySupplier", "VavrOutcomes", RETRY, "java.util.function.Supplier");
    }

    /** A function that belongs to one call. */
    interface Tried {}

    static RetryLoop loop(Retry retry) {
        return new RetryLoop("resilience4j", retry.getName());
    }

    static final class Suppliers {

        static <T> Supplier<T> exit(Supplier<T> decorated, @Nullable Throwable thrown, Retry retry, Supplier<T> given) {
            return given instanceof Tried
                    ? decorated
                    : () -> Retry.decorateSupplier(retry, tried(loop(retry), given))
                            .get();
        }

        static <T> Supplier<T> tried(RetryLoop loop, Supplier<T> given) {
            return (Supplier<T> & Tried) () -> loop.attempt(given::get);
        }
    }

    static final class Callables {

        static <T> Callable<T> exit(Callable<T> decorated, @Nullable Throwable thrown, Retry retry, Callable<T> given) {
            return given instanceof Tried
                    ? decorated
                    : () -> Retry.decorateCallable(retry, tried(loop(retry), given))
                            .call();
        }

        static <T> Callable<T> tried(RetryLoop loop, Callable<T> given) {
            return (Callable<T> & Tried) () -> loop.attempt(given::call);
        }
    }

    static final class Runnables {

        static Runnable exit(Runnable decorated, @Nullable Throwable thrown, Retry retry, Runnable given) {
            return given instanceof Tried
                    ? decorated
                    : () -> Retry.decorateRunnable(retry, tried(loop(retry), given))
                            .run();
        }

        static Runnable tried(RetryLoop loop, Runnable given) {
            return (Runnable & Tried) () -> {
                loop.attempt(() -> {
                    given.run();
                    return loop;
                });
            };
        }
    }

    static final class Functions {

        static <T, R> Function<T, R> exit(
                Function<T, R> decorated, @Nullable Throwable thrown, Retry retry, Function<T, R> given) {
            return given instanceof Tried
                    ? decorated
                    : input -> Retry.decorateFunction(retry, tried(loop(retry), given))
                            .apply(input);
        }

        static <T, R> Function<T, R> tried(RetryLoop loop, Function<T, R> given) {
            return (Function<T, R> & Tried) input -> loop.attempt(() -> given.apply(input));
        }
    }

    static final class Stages {

        static <T> Supplier<CompletionStage<T>> exit(
                Supplier<CompletionStage<T>> decorated,
                @Nullable Throwable thrown,
                Retry retry,
                ScheduledExecutorService scheduler,
                Supplier<CompletionStage<T>> given) {
            return given instanceof Tried
                    ? decorated
                    : () -> Retry.decorateCompletionStage(
                                    retry,
                                    scheduler,
                                    Suppliers.tried(loop(retry).causedHere(), given))
                            .get();
        }
    }

    static final class Consumers {

        static <T> Consumer<T> exit(Consumer<T> decorated, @Nullable Throwable thrown, Retry retry, Consumer<T> given) {
            return given instanceof Tried
                    ? decorated
                    : input -> Retry.decorateConsumer(retry, tried(loop(retry), given))
                            .accept(input);
        }

        static <T> Consumer<T> tried(RetryLoop loop, Consumer<T> given) {
            return (Consumer<T> & Tried) input -> {
                loop.attempt(() -> {
                    given.accept(input);
                    return loop;
                });
            };
        }
    }

    static final class CheckedSuppliers {

        static <T> CheckedSupplier<T> exit(
                CheckedSupplier<T> decorated, @Nullable Throwable thrown, Retry retry, CheckedSupplier<T> given) {
            return given instanceof Tried
                    ? decorated
                    : () -> Retry.decorateCheckedSupplier(retry, tried(loop(retry), given))
                            .get();
        }

        static <T> CheckedSupplier<T> tried(RetryLoop loop, CheckedSupplier<T> given) {
            return (CheckedSupplier<T> & Tried) () -> loop.attempt(given::get);
        }
    }

    static final class CheckedRunnables {

        static CheckedRunnable exit(
                CheckedRunnable decorated, @Nullable Throwable thrown, Retry retry, CheckedRunnable given) {
            return given instanceof Tried
                    ? decorated
                    : () -> Retry.decorateCheckedRunnable(retry, tried(loop(retry), given))
                            .run();
        }

        static CheckedRunnable tried(RetryLoop loop, CheckedRunnable given) {
            return (CheckedRunnable & Tried) () -> {
                loop.attempt(() -> {
                    given.run();
                    return loop;
                });
            };
        }
    }

    static final class CheckedFunctions {

        static <T, R> CheckedFunction<T, R> exit(
                CheckedFunction<T, R> decorated, @Nullable Throwable thrown, Retry retry, CheckedFunction<T, R> given) {
            return given instanceof Tried
                    ? decorated
                    : input -> Retry.decorateCheckedFunction(retry, tried(loop(retry), given))
                            .apply(input);
        }

        static <T, R> CheckedFunction<T, R> tried(RetryLoop loop, CheckedFunction<T, R> given) {
            return (CheckedFunction<T, R> & Tried) input -> loop.attempt(() -> given.apply(input));
        }
    }

    static final class CheckedConsumers {

        static <T> CheckedConsumer<T> exit(
                CheckedConsumer<T> decorated, @Nullable Throwable thrown, Retry retry, CheckedConsumer<T> given) {
            return given instanceof Tried
                    ? decorated
                    : input -> Retry.decorateCheckedConsumer(retry, tried(loop(retry), given))
                            .accept(input);
        }

        static <T> CheckedConsumer<T> tried(RetryLoop loop, CheckedConsumer<T> given) {
            return (CheckedConsumer<T> & Tried) input -> {
                loop.attempt(() -> {
                    given.accept(input);
                    return loop;
                });
            };
        }
    }

    static final class VavrSuppliers {

        static final Decoration DECORATE = new Decoration("decorateCheckedSupplier", CheckedFunction0.class);

        static <T> CheckedFunction0<T> exit(
                CheckedFunction0<T> decorated, @Nullable Throwable thrown, Retry retry, CheckedFunction0<T> given) {
            return given instanceof Tried
                    ? decorated
                    : () -> DECORATE.<CheckedFunction0<T>>of(retry, tried(loop(retry), given))
                            .apply();
        }

        static <T> CheckedFunction0<T> tried(RetryLoop loop, CheckedFunction0<T> given) {
            return (CheckedFunction0<T> & Tried) () -> loop.attempt(given::apply);
        }
    }

    static final class VavrRunnables {

        static final Decoration DECORATE = new Decoration("decorateCheckedRunnable", io.vavr.CheckedRunnable.class);

        static io.vavr.CheckedRunnable exit(
                io.vavr.CheckedRunnable decorated,
                @Nullable Throwable thrown,
                Retry retry,
                io.vavr.CheckedRunnable given) {
            return given instanceof Tried
                    ? decorated
                    : () -> DECORATE.<io.vavr.CheckedRunnable>of(retry, tried(loop(retry), given))
                            .run();
        }

        static io.vavr.CheckedRunnable tried(RetryLoop loop, io.vavr.CheckedRunnable given) {
            return (io.vavr.CheckedRunnable & Tried) () -> {
                loop.attempt(() -> {
                    given.run();
                    return loop;
                });
            };
        }
    }

    static final class VavrFunctions {

        static final Decoration DECORATE = new Decoration("decorateCheckedFunction", CheckedFunction1.class);

        static <T, R> CheckedFunction1<T, R> exit(
                CheckedFunction1<T, R> decorated,
                @Nullable Throwable thrown,
                Retry retry,
                CheckedFunction1<T, R> given) {
            return given instanceof Tried
                    ? decorated
                    : input -> DECORATE.<CheckedFunction1<T, R>>of(retry, tried(loop(retry), given))
                            .apply(input);
        }

        static <T, R> CheckedFunction1<T, R> tried(RetryLoop loop, CheckedFunction1<T, R> given) {
            return (CheckedFunction1<T, R> & Tried) input -> loop.attempt(() -> given.apply(input));
        }
    }

    static final class VavrEithers {

        static final Decoration DECORATE = new Decoration("decorateEitherSupplier", Supplier.class);

        static <E extends Exception, T> Supplier<Either<E, T>> exit(
                Supplier<Either<E, T>> decorated,
                @Nullable Throwable thrown,
                Retry retry,
                Supplier<Either<E, T>> given) {
            return given instanceof Tried
                    ? decorated
                    : () -> DECORATE.<Supplier<Either<E, T>>>of(retry, tried(loop(retry), given))
                            .get();
        }

        static <E extends Exception, T> Supplier<Either<E, T>> tried(RetryLoop loop, Supplier<Either<E, T>> given) {
            return (Supplier<Either<E, T>> & Tried) () -> loop.attempt(given::get, VavrEithers::failure);
        }

        static @Nullable Throwable failure(@Nullable Object result) {
            return result instanceof Either<?, ?> either
                            && either.isLeft()
                            && either.getLeft() instanceof Throwable left
                    ? left
                    : null;
        }
    }

    static final class VavrOutcomes {

        static final Decoration DECORATE = new Decoration("decorateTrySupplier", Supplier.class);

        static <T> Supplier<Try<T>> exit(
                Supplier<Try<T>> decorated, @Nullable Throwable thrown, Retry retry, Supplier<Try<T>> given) {
            return given instanceof Tried
                    ? decorated
                    : () -> DECORATE.<Supplier<Try<T>>>of(retry, tried(loop(retry), given))
                            .get();
        }

        static <T> Supplier<Try<T>> tried(RetryLoop loop, Supplier<Try<T>> given) {
            return (Supplier<Try<T>> & Tried) () -> loop.attempt(given::get, VavrOutcomes::failure);
        }

        static @Nullable Throwable failure(@Nullable Object result) {
            return result instanceof Try<?> outcome && outcome.isFailure() ? outcome.getCause() : null;
        }
    }

    /** A method of {@code Retry} that versions from 2 on do not have. */
    static final class Decoration {

        private final MethodHandle method;

        Decoration(String name, Class<?> type) {
            try {
                method = MethodHandles.publicLookup()
                        .findStatic(Retry.class, name, MethodType.methodType(type, Retry.class, type));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        @SuppressWarnings("unchecked")
        <F> F of(Retry retry, F function) {
            try {
                return (F) method.invoke(retry, function);
            } catch (Throwable t) {
                throw new IllegalStateException(t);
            }
        }
    }
}
