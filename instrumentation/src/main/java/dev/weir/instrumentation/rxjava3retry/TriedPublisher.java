package dev.weir.instrumentation.rxjava3retry;

import dev.weir.bootstrap.Call;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.shared.reactivestreams.TrySubscriber;
import io.reactivex.rxjava3.core.FlowableSubscriber;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

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

    /** Whoever has heard of an item and wants no more has not given up. */
    private static final class Ending<T> extends TrySubscriber<T> implements FlowableSubscriber<T> {

        private volatile boolean heardOf;

        Ending(Subscriber<? super T> subscriber, Call call) {
            super(subscriber, call, false);
        }

        @Override
        public void onNext(T item) {
            heardOf = true;
            super.onNext(item);
        }

        @Override
        protected @Nullable Throwable givenUp() {
            return RxJava3RetryInstrumentation.givenUp(heardOf);
        }
    }
}
