package dev.weir.instrumentation.mcp;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;

/** A retry that the SDK makes for a reason of its own: the adapter of Reactor's retries knows it by its package. */
final class LibraryRetry extends Retry {

    private final Retry retry;

    LibraryRetry(Retry retry) {
        super(retry.retryContext());
        this.retry = retry;
    }

    @Override
    public Publisher<?> generateCompanion(Flux<RetrySignal> signals) {
        return retry.generateCompanion(signals);
    }
}
