package dev.weir.instrumentation.rxjava3retry;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.RetryLoop;
import io.reactivex.rxjava3.core.FlowableSubscriber;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A source of which each subscription is a try. */
final class TriedPublisher<T> implements Publisher<T> {

    private final Publisher<T> source;
    private volatile @Nullable RetryLoop loop;

    /** @param loop {@code null} when it may be that the source is not retried */
    TriedPublisher(Publisher<T> source, @Nullable RetryLoop loop) {
        this.source = source;
        this.loop = loop;
    }

    void isRetried(RetryLoop by) {
        loop = by;
    }

    @Override
    public void subscribe(Subscriber<? super T> subscriber) {
        RetryLoop tries = loop;
        if (tries == null) source.subscribe(subscriber);
        else tries.start(call -> source.subscribe(call == null ? subscriber : new Ending<>(subscriber, call)));
    }

    /** The try is over before its outcome is heard of: whoever hears of it may begin the next one. */
    private static final class Ending<T> implements FlowableSubscriber<T>, Subscription {

        private final Subscriber<? super T> subscriber;
        private final Call call;
        private volatile boolean heardOf;
        private @Nullable Subscription subscription;

        Ending(Subscriber<? super T> subscriber, Call call) {
            this.subscriber = subscriber;
            this.call = call;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            subscriber.onSubscribe(this);
        }

        @Override
        public void onNext(T item) {
            heardOf = true;
            subscriber.onNext(item);
        }

        @Override
        public void onError(Throwable thrown) {
            Hooks.end(call, 0, thrown);
            subscriber.onError(thrown);
        }

        @Override
        public void onComplete() {
            Hooks.end(call, 0, null);
            subscriber.onComplete();
        }

        @Override
        public void request(long n) {
            if (subscription != null) subscription.request(n);
        }

        @Override
        public void cancel() {
            if (subscription != null) subscription.cancel();
            Hooks.end(call, 0, RxJava3RetryInstrumentation.givenUp(heardOf));
        }
    }
}
