package dev.weir.instrumentation.reactorretry;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/** Stands at the end of one try: what comes after the operator that retries is no part of it. */
final class Try<T> implements CoreSubscriber<T>, Subscription {

    private final CoreSubscriber<? super T> actual;
    private final Call call;
    private final @Nullable Object cause;
    private final boolean single;
    private volatile @Nullable Subscription upstream;

    /** @param single whether the first element is all there is */
    Try(CoreSubscriber<? super T> actual, Call call, @Nullable Object cause, boolean single) {
        this.actual = actual;
        this.call = call;
        this.cause = cause;
        this.single = single;
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        actual.onSubscribe(this);
    }

    @Override
    public void onNext(T next) {
        if (single) Hooks.end(call, 0, null);
        Object before = Hooks.enter(cause);
        try {
            actual.onNext(next);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        Hooks.end(call, 0, thrown);
        Object before = Hooks.enter(cause);
        try {
            actual.onError(thrown);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public void onComplete() {
        Hooks.end(call, 0, null);
        Object before = Hooks.enter(cause);
        try {
            actual.onComplete();
        } finally {
            Hooks.exit(before);
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
        Hooks.end(call, 0, new CancellationException("cancelled"));
    }
}
