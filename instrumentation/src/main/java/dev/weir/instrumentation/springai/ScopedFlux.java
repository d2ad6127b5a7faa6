package dev.weir.instrumentation.springai;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Scoped;
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

    private static final class Inner<T> implements CoreSubscriber<T>, Subscription, Scannable {

        private final CoreSubscriber<? super T> actual;
        private final Scoped<T> scope;
        private volatile @Nullable Subscription upstream;

        Inner(CoreSubscriber<? super T> actual, Scoped<T> scope) {
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
            return key == Attr.PARENT ? upstream : null;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            Object before = Hooks.enter(scope.outside());
            try {
                actual.onSubscribe(this);
            } finally {
                Hooks.exit(before);
            }
        }

        @Override
        public void onNext(T item) {
            scope.piece(item);
            Object before = Hooks.enter(scope.outside());
            try {
                actual.onNext(item);
            } finally {
                Hooks.exit(before);
            }
        }

        @Override
        public void onError(Throwable thrown) {
            scope.end(thrown);
            Object before = Hooks.enter(scope.outside());
            try {
                actual.onError(thrown);
            } finally {
                Hooks.exit(before);
            }
        }

        @Override
        public void onComplete() {
            scope.end(null);
            Object before = Hooks.enter(scope.outside());
            try {
                actual.onComplete();
            } finally {
                Hooks.exit(before);
            }
        }

        // What is asked for may be made here and now.
        @Override
        public void request(long n) {
            Subscription subscription = upstream;
            if (subscription == null) return;
            Object before = Hooks.enter(scope.inside());
            try {
                subscription.request(n);
            } finally {
                Hooks.exit(before);
            }
        }

        @Override
        public void cancel() {
            Subscription subscription = upstream;
            Object before = Hooks.enter(scope.inside());
            try {
                if (subscription != null) subscription.cancel();
            } finally {
                Hooks.exit(before);
                scope.end(new CancellationException("cancelled"));
            }
        }
    }
}
