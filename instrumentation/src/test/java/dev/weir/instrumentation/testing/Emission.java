package dev.weir.instrumentation.testing;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A publisher's item and its end, as soon as it is asked for any. */
public final class Emission implements Subscription {

    private final Subscriber<? super Integer> subscriber;
    private boolean over;

    public Emission(Subscriber<? super Integer> subscriber) {
        this.subscriber = subscriber;
    }

    /** Begins, on this thread. */
    public void begin() {
        subscriber.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        if (over) return;
        over = true;
        subscriber.onNext(1);
        subscriber.onComplete();
    }

    @Override
    public void cancel() {
        over = true;
    }
}
