package dev.weir.instrumentation.reactorretry;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.RetryLoop;
import org.jspecify.annotations.Nullable;
import reactor.core.CorePublisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;

/** One subscription to an operator that retries. */
final class Tried {

    private final RetryLoop loop = new RetryLoop("reactor-retry", "reactor");
    private final @Nullable Object cause = Hooks.capture();

    private Tried() {}

    /** The publisher, each subscription to which is the next try. */
    static CorePublisher<?> of(CorePublisher<?> source) {
        if (source instanceof Mono<?> mono) return new TriedMono<>(mono, new Tried());
        if (source instanceof Flux<?> flux) return new TriedFlux<>(flux, new Tried());
        return source;
    }

    private <T> void subscribe(CorePublisher<? extends T> source, CoreSubscriber<? super T> actual, boolean single) {
        // The next try is often made where the one before ended, or by a scheduler.
        Object before = Hooks.enter(cause);
        try {
            Call call = loop.begin();
            try {
                source.subscribe(call == null ? actual : new Try<>(actual, call, cause, single));
            } catch (Throwable fatal) {
                Hooks.end(call, 0, fatal);
                throw fatal;
            } finally {
                Hooks.leave(call);
            }
        } finally {
            Hooks.exit(before);
        }
    }

    private static final class TriedMono<T> extends MonoOperator<T, T> {

        private final Tried tried;

        TriedMono(Mono<? extends T> source, Tried tried) {
            super(source);
            this.tried = tried;
        }

        @Override
        public void subscribe(CoreSubscriber<? super T> actual) {
            tried.subscribe(source, actual, true);
        }
    }

    private static final class TriedFlux<T> extends FluxOperator<T, T> {

        private final Tried tried;

        TriedFlux(Flux<? extends T> source, Tried tried) {
            super(source);
            this.tried = tried;
        }

        @Override
        public void subscribe(CoreSubscriber<? super T> actual) {
            tried.subscribe(source, actual, false);
        }
    }
}
