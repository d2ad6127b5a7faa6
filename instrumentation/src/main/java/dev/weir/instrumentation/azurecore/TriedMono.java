package dev.weir.instrumentation.azurecore;

import dev.weir.bootstrap.Call;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.shared.reactivestreams.TrySubscriber;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

    private static final class Ending<T> extends TrySubscriber<T> implements CoreSubscriber<T> {

        private final CoreSubscriber<? super T> subscriber;

        Ending(CoreSubscriber<? super T> subscriber, @Nullable Call call) {
            super(subscriber, call, true);
            this.subscriber = subscriber;
        }

        @Override
        public Context currentContext() {
            return subscriber.currentContext();
        }

        @Override
        protected Throwable givenUp() {
            return new CancellationException();
        }
    }
}
