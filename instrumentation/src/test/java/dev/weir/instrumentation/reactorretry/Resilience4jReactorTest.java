package dev.weir.instrumentation.reactorretry;

import dev.weir.instrumentation.resilience4j.Resilience4jInstrumentation;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import io.github.resilience4j.reactor.retry.RetryOperator;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The {@code RetryOperator} of resilience4j, which is made of {@code retryWhen}. */
class Resilience4jReactorTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(
            new ReactorRetryInstrumentation(), new Resilience4jInstrumentation(), new ThreadsInstrumentation());

    private static Retry retry() {
        return Retry.of(
                "payments",
                RetryConfig.<String>custom()
                        .maxAttempts(3)
                        .intervalFunction(attempt -> 1L)
                        .retryOnResult("bad"::equals)
                        .retryOnException(thrown -> thrown instanceof Exception)
                        .build());
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "reactor";
    }

    // The operator makes an exception of a result that it does not like where no try sees it.
    @Override
    protected boolean retriesResults() {
        return false;
    }

    // The operator tries again on Reactor's parallel threads: they are few, and nothing may block there.
    @Override
    protected String call(Callable<String> action) {
        return Mono.fromCallable(action)
                .subscribeOn(Schedulers.boundedElastic())
                .transformDeferred(RetryOperator.of(retry()))
                .block();
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return Mono.defer(() -> Mono.fromCompletionStage(action.get()))
                .transformDeferred(RetryOperator.of(retry()))
                .toFuture();
    }

    @Test
    @Tag("attempts")
    void triesAreFollowedOnce() throws Exception {
        assertFollowedOnce("resilience4j");
    }
}
