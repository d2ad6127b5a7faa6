package dev.weir.instrumentation.shared.reactivestreams;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Stands between what is followed and whoever subscribes to it. What is followed is over before its outcome is heard of:
 * whoever hears of it may begin something else.
 */
public abstract class FollowedSubscriber<T> implements Subscriber<T>, Subscription {

    private final Subscriber<? super T> actual;
    private volatile @Nullable Subscription upstream;

    protected FollowedSubscriber(Subscriber<? super T> actual) {
        this.actual = actual;
    }

    /** An item is about to be heard of; returns what is heard. */
    protected abstract T item(T item);

    /** The last signal is about to be heard of; {@code null} when nothing failed. */
    protected abstract void over(@Nullable Throwable thrown);

    /** Nobody wants to hear more. */
    protected abstract void cancelled();

    /** Something is about to be heard of; returns what {@link #exit} needs. */
    protected @Nullable Object enter() {
        return null;
    }

    /** It has been heard of. */
    protected void exit(@Nullable Object entered) {}

    /** What is subscribed to; {@code null} before it has answered. */
    protected final @Nullable Subscription upstream() {
        return upstream;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        actual.onSubscribe(this);
    }

    @Override
    public void onNext(T item) {
        T heard = item(item);
        Object entered = enter();
        try {
            actual.onNext(heard);
        } finally {
            exit(entered);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        over(thrown);
        Object entered = enter();
        try {
            actual.onError(thrown);
        } finally {
            exit(entered);
        }
    }

    @Override
    public void onComplete() {
        over(null);
        Object entered = enter();
        try {
            actual.onComplete();
        } finally {
            exit(entered);
        }
    }

    @Override
    public void request(long n) {
        Subscription subscription = upstream;
        if (subscription != null) subscription.request(n);
    }

    @Override
    public void cancel() {
        Subscription subscription = upstream;
        if (subscription != null) subscription.cancel();
        cancelled();
    }
}
