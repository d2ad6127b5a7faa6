package dev.weir.instrumentation.rxjava3retry;

import dev.weir.instrumentation.resilience4j.Resilience4jInstrumentation;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.rxjava3.retry.transformer.RetryTransformer;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The {@code RetryTransformer} of resilience4j, which is made of {@code retryWhen}. */
class Resilience4jRxJava3Test extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(
            new RxJava3RetryInstrumentation(), new Resilience4jInstrumentation(), new ThreadsInstrumentation());

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
        return "rxjava";
    }

    // The operator makes an exception of a result that it does not like where no try sees it.
    @Override
    protected boolean retriesResults() {
        return false;
    }

    // The computation threads, on which the operator tries again, are few: tries that block there would wait for
    // themselves.
    @Override
    protected String call(Callable<String> action) {
        return Single.fromCallable(action)
                .subscribeOn(Schedulers.io())
                .compose(RetryTransformer.of(retry()))
                .blockingGet();
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return Single.defer(() -> Single.fromCompletionStage(action.get()))
                .compose(RetryTransformer.of(retry()))
                .toCompletionStage();
    }

    @Test
    @Tag("attempts")
    void triesAreFollowedOnce() throws Exception {
        assertFollowedOnce("resilience4j");
    }
}
