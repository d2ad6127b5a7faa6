package dev.weir.instrumentation.vertx;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an application hands to Vert.x, run later in the context in which it was handed over. */
abstract class HandedOver {

    final Object context;

    HandedOver(Object context) {
        this.context = context;
    }

    /** The context to run this in; {@code null} when it shall be left as it is. */
    static @Nullable Object contextFor(@Nullable Object task) {
        // A promise passes a result on, and its own listeners know where they come from.
        return task == null || task instanceof HandedOver || task instanceof Promise ? null : Hooks.capture();
    }

    static <T> @Nullable Handler<T> handler(@Nullable Handler<T> handler) {
        Object context = contextFor(handler);
        return context == null || handler == null ? handler : new Handling<>(context, handler);
    }

    static <T, R> @Nullable Function<T, R> function(@Nullable Function<T, R> function) {
        Object context = contextFor(function);
        return context == null || function == null ? function : new Applying<>(context, function);
    }

    static <T> @Nullable Supplier<T> supplier(@Nullable Supplier<T> supplier) {
        Object context = contextFor(supplier);
        return context == null || supplier == null ? supplier : new Supplying<>(context, supplier);
    }

    static <T> @Nullable Callable<T> callable(@Nullable Callable<T> callable) {
        Object context = contextFor(callable);
        return context == null || callable == null ? callable : new Calling<>(context, callable);
    }

    private static final class Handling<T> extends HandedOver implements Handler<T> {

        private final Handler<T> handler;

        Handling(Object context, Handler<T> handler) {
            super(context);
            this.handler = handler;
        }

        @Override
        public void handle(T event) {
            InContext.run(context, handler, event, Handler::handle);
        }
    }

    private static final class Applying<T, R> extends HandedOver implements Function<T, R> {

        private final Function<T, R> function;

        Applying(Object context, Function<T, R> function) {
            super(context);
            this.function = function;
        }

        @Override
        public @Nullable R apply(T argument) {
            return InContext.get(context, function, argument, Function::apply);
        }
    }

    private static final class Supplying<T> extends HandedOver implements Supplier<T> {

        private final Supplier<T> supplier;

        Supplying(Object context, Supplier<T> supplier) {
            super(context);
            this.supplier = supplier;
        }

        @Override
        public @Nullable T get() {
            return InContext.get(context, supplier, Supplier::get);
        }
    }

    private static final class Calling<T> extends HandedOver implements Callable<T> {

        private final Callable<T> callable;

        Calling(Object context, Callable<T> callable) {
            super(context);
            this.callable = callable;
        }

        @Override
        public @Nullable T call() throws Exception {
            return InContext.get(context, callable, Callable::call);
        }
    }
}
