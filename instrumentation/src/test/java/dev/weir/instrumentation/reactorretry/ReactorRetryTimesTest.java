package dev.weir.instrumentation.reactorretry;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code retry(times)}, of a {@code Mono} and of a {@code Flux}. */
class ReactorRetryTimesTest extends ReactorRetryContract {

    @Override
    protected String call(Callable<String> action) {
        return String.valueOf(Mono.fromCallable(action).retry(2).block());
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return Flux.defer(() -> Mono.fromCompletionStage(action.get()))
                .retry(2)
                .last()
                .toFuture();
    }
}
