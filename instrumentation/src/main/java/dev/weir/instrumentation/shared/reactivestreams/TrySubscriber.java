package dev.weir.instrumentation.shared.reactivestreams;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Stands at the end of one try, between what is subscribed to and the operator that retries. The try is over before its
 * outcome is heard of: whoever hears of it may begin the next one.
 */
public abstract class TrySubscriber<T> implements Subscriber<T>, Subscription {

    private final Subscriber<? super T> actual;
    private final @Nullable Call call;
    private final boolean single;
    private volatile @Nullable Subscription upstream;

    /** @param single whether the first item is all there is */
    protected TrySubscriber(Subscriber<? super T> actual, @Nullable Call call, boolean single) {
        this.actual = actual;
        this.call = call;
        this.single = single;
    }

    /** What the try has failed with when it is given up; {@code null} when it has not. */
    protected abstract @Nullable Throwable givenUp();

    /** Something is about to be heard of; returns what {@link #exit} needs. */
    protected @Nullable Object enter() {
        return null;
    }

    /** It has been heard of. */
    protected void exit(@Nullable Object entered) {}

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        actual.onSubscribe(this);
    }

    @Override
    public void onNext(T item) {
        if (single) Hooks.end(call, 0, null);
        Object entered = enter();
        try {
            actual.onNext(item);
        } finally {
            exit(entered);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        Hooks.end(call, 0, thrown);
        Object entered = enter();
        try {
            actual.onError(thrown);
        } finally {
            exit(entered);
        }
    }

    @Override
    public void onComplete() {
        Hooks.end(call, 0, null);
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
        Hooks.end(call, 0, givenUp());
    }
}
