package dev.weir.instrumentation.shared.reactivestreams;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.Scoped;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Stands between a stream that is a scope, from its begin to its last signal or its cancellation, and whoever subscribes to
 * it. Whoever hears of a signal is no part of the scope.
 */
public abstract class ScopedSubscriber<T> extends FollowedSubscriber<T> {

    private final Scoped<T> scope;

    protected ScopedSubscriber(Subscriber<? super T> actual, Scoped<T> scope) {
        super(actual);
        this.scope = scope;
    }

    /** An item was heard of, in this scope. */
    protected abstract void heard(Scoped<T> scope, T item);

    /** What it ended with, when nobody wants to hear more; {@code null} when that is no failure. */
    protected abstract @Nullable Throwable givenUp();

    @Override
    public final void onSubscribe(Subscription subscription) {
        Object before = enter();
        try {
            super.onSubscribe(subscription);
        } finally {
            exit(before);
        }
    }

    @Override
    protected final T item(T item) {
        heard(scope, item);
        return item;
    }

    @Override
    protected final void over(@Nullable Throwable thrown) {
        scope.end(thrown);
    }

    @Override
    protected final void cancelled() {
        scope.end(givenUp());
    }

    @Override
    protected final @Nullable Object enter() {
        return Hooks.enter(scope.outside());
    }

    @Override
    protected final void exit(@Nullable Object before) {
        Hooks.exit(before);
    }

    // What is asked for may be made here and now.
    @Override
    public final void request(long n) {
        Object before = Hooks.enter(scope.inside());
        try {
            super.request(n);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public final void cancel() {
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
