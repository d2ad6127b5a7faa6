package dev.weir.instrumentation.reactorretry;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code retry(times)}, of a {@code Mono} and of a {@code Flux}. */
class ReactorRetryTimesTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new ReactorRetryInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "reactor";
    }

    @Override
    protected boolean retriesResults() {
        return false;
    }

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
