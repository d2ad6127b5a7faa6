package dev.weir.instrumentation.azurecore;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.RetryLoop;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** A {@code Mono} of which each subscription is a try. */
final class TriedMono<T> extends Mono<T> {

    private final Mono<T> tried;
    private final Supplier<RetryLoop> loop;

    TriedMono(Mono<T> tried, Supplier<RetryLoop> loop) {
        this.tried = tried;
        this.loop = loop;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> subscriber) {
        loop.get().start(call -> tried.subscribe(new Ending<>(subscriber, call)));
    }

    /** The try is over before its outcome is heard of: whoever hears of it may begin the next one. */
    private static final class Ending<T> implements CoreSubscriber<T>, Subscription {

        private final CoreSubscriber<? super T> subscriber;
        private final @Nullable Call call;
        private @Nullable Subscription subscription;

        Ending(CoreSubscriber<? super T> subscriber, @Nullable Call call) {
            this.subscriber = subscriber;
            this.call = call;
        }

        @Override
        public Context currentContext() {
            return subscriber.currentContext();
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            subscriber.onSubscribe(this);
        }

        @Override
        public void onNext(T result) {
            Hooks.end(call, 0, null);
            subscriber.onNext(result);
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
            Hooks.end(call, 0, new CancellationException());
        }
    }
}
