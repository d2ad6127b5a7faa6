package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Scoped;
import dev.weir.instrumentation.shared.reactivestreams.FollowedSubscriber;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
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

    private static final class Inner<T> extends FollowedSubscriber<T> implements CoreSubscriber<T>, Scannable {

        private final CoreSubscriber<? super T> actual;
        private final Scoped<T> scope;

        Inner(CoreSubscriber<? super T> actual, Scoped<T> scope) {
            super(actual);
            this.actual = actual;
            this.scope = scope;
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
        public void onSubscribe(Subscription subscription) {
            Object before = enter();
            try {
                super.onSubscribe(subscription);
            } finally {
                exit(before);
            }
        }

        @Override
        protected T item(T item) {
            scope.piece(item);
            return item;
        }

        @Override
        protected void over(@Nullable Throwable thrown) {
            scope.end(thrown);
        }

        @Override
        protected void cancelled() {
            scope.end(new CancellationException("cancelled"));
        }

        @Override
        protected @Nullable Object enter() {
            return Hooks.enter(scope.outside());
        }

        @Override
        protected void exit(@Nullable Object before) {
            Hooks.exit(before);
        }

        // What is asked for may be made here and now.
        @Override
        public void request(long n) {
            Object before = Hooks.enter(scope.inside());
            try {
                super.request(n);
            } finally {
                Hooks.exit(before);
            }
        }

        @Override
        public void cancel() {
            Subscription subscription = upstream();
            Object before = Hooks.enter(scope.inside());
            try {
                if (subscription != null) subscription.cancel();
            } finally {
                Hooks.exit(before);
                cancelled();
            }
        }
    }
}
