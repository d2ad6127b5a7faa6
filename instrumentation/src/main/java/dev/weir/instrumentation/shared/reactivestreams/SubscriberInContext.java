package dev.weir.instrumentation.shared.reactivestreams;

import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Hears of everything in a causal context of its own, on whatever thread the signal comes. */
public abstract class SubscriberInContext<T> implements Subscriber<T> {

    private final Subscriber<? super T> actual;
    private final @Nullable Object context;

    /** @param context in which the signals are heard of, {@code null} being none */
    protected SubscriberInContext(Subscriber<? super T> actual, @Nullable Object context) {
        this.actual = actual;
        this.context = context;
    }

    @Override
    public final void onSubscribe(Subscription subscription) {
        Object before = Hooks.enter(context);
        try {
            // As it is: an operator below may ask it to be a queue, and then there are no items but only news of them.
            actual.onSubscribe(subscription);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public final void onNext(T item) {
        Object before = Hooks.enter(context);
        try {
            actual.onNext(item);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public final void onError(Throwable thrown) {
        Object before = Hooks.enter(context);
        try {
            actual.onError(thrown);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public final void onComplete() {
        Object before = Hooks.enter(context);
        try {
            actual.onComplete();
        } finally {
            Hooks.exit(before);
        }
    }
}
