package dev.weir.instrumentation.springai;

import dev.weir.instrumentation.shared.Scoped;
import dev.weir.instrumentation.shared.reactivestreams.ScopedSubscriber;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.util.context.Context;

/**
 * A stream, each subscription to which is a scope of its own, from its begin to its last signal or its cancellation. Whoever
 * hears of a signal is no part of the scope.
 */
final class ScopedFlux<T> extends FluxOperator<T, T> {

    private final Supplier<? extends Scoped<T>> scopes;

    ScopedFlux(Flux<? extends T> source, Supplier<? extends Scoped<T>> scopes) {
        super(source);
        this.scopes = scopes;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        Scoped<T> scope = scopes.get();
        scope.begin();
        try {
            source.subscribe(new Inner<>(actual, scope));
        } catch (Throwable fatal) {
            scope.end(fatal);
            throw fatal;
        } finally {
            scope.leave();
        }
    }

    private static final class Inner<T> extends ScopedSubscriber<T> implements CoreSubscriber<T>, Scannable {

        private final CoreSubscriber<? super T> actual;

        Inner(CoreSubscriber<? super T> actual, Scoped<T> scope) {
            super(actual, scope);
            this.actual = actual;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        @SuppressWarnings("rawtypes")
        public @Nullable Object scanUnsafe(Attr key) {
            if (key == Attr.ACTUAL) return actual;
            return key == Attr.PARENT ? upstream() : null;
        }

        @Override
        protected void heard(Scoped<T> scope, T item) {
            scope.piece(item);
        }

        @Override
        protected Throwable givenUp() {
            return new CancellationException("cancelled");
        }
    }
}
