package dev.weir.instrumentation.googleadk;

import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.shared.Scoped;
import dev.weir.instrumentation.shared.reactivestreams.ScopedSubscriber;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.FlowableSubscriber;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * A stream, each subscription to which is a scope of its own, from its begin to its last signal or its cancellation. Whoever
 * hears of a signal is no part of the scope.
 */
final class ScopedFlowable<T> extends Flowable<T> {

    private final Publisher<T> source;
    private final AtomicReference<@Nullable Scoped<T>> begun;
    private final Supplier<? extends @Nullable Scoped<T>> scopes;

    /**
     * @param begun the scope of the first subscription, when it began before; its thread has left it
     * @param scopes of any other subscription; {@code null} when it is to have none
     */
    ScopedFlowable(Publisher<T> source, @Nullable Scoped<T> begun, Supplier<? extends @Nullable Scoped<T>> scopes) {
        this.source = source;
        this.begun = new AtomicReference<>(begun);
        this.scopes = scopes;
    }

    @Override
    protected void subscribeActual(Subscriber<? super T> actual) {
        Scoped<T> first = begun.getAndSet(null);
        if (first != null) {
            InContext.run(first.inside(), this, actual, (flowable, below) -> flowable.subscribe(below, first));
            return;
        }
        Scoped<T> scope = scopes.get();
        if (scope == null) {
            source.subscribe(actual);
            return;
        }
        scope.begin();
        try {
            subscribe(actual, scope);
        } finally {
            scope.leave();
        }
    }

    private void subscribe(Subscriber<? super T> actual, Scoped<T> scope) {
        try {
            source.subscribe(new Inner<>(actual, scope));
        } catch (Throwable fatal) {
            scope.end(fatal);
            throw fatal;
        }
    }

    private static final class Inner<T> extends ScopedSubscriber<T> implements FlowableSubscriber<T> {

        private volatile boolean heardOf;

        Inner(Subscriber<? super T> actual, Scoped<T> scope) {
            super(actual, scope);
        }

        @Override
        protected void heard(Scoped<T> scope, T item) {
            heardOf = true;
            scope.heard(item);
        }

        @Override
        protected @Nullable Throwable givenUp() {
            // Whoever has heard of something and wants no more has not given up.
            return heardOf ? null : new CancellationException("cancelled");
        }
    }
}
