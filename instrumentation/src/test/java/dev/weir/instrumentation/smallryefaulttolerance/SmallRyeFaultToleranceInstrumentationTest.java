package dev.weir.instrumentation.smallryefaulttolerance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import io.smallrye.faulttolerance.api.FaultTolerance;
import io.smallrye.faulttolerance.mutiny.api.MutinyFaultTolerance;
import io.smallrye.mutiny.Uni;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The programmatic form, which needs no container. */
@SuppressWarnings("removal") // What replaces it is not in old versions.
class SmallRyeFaultToleranceInstrumentationTest extends RetryLayerContract {

    @RegisterExtension
    final Woven woven = new Woven(new SmallRyeFaultToleranceInstrumentation());

    @Override
    protected boolean forgetsAtOnce() {
        return false;
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "smallrye-fault-tolerance";
    }

    // Since 6.5.
    @Override
    protected boolean retriesResults() {
        return Arrays.stream(FaultTolerance.Builder.RetryBuilder.class.getMethods())
                .anyMatch(method -> method.getName().equals("whenResult"));
    }

    @Override
    protected String callUntilGood(Callable<String> action) throws Exception {
        return FaultTolerance.<String>create()
                .withRetry()
                .maxRetries(2)
                .delay(1, ChronoUnit.MILLIS)
                .jitter(0, ChronoUnit.MILLIS)
                .whenResult("bad"::equals)
                .done()
                .build()
                .call(action);
    }

    @Override
    protected String call(Callable<String> action) throws Exception {
        return retrying(FaultTolerance.<String>create()).call(action);
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return retrying(FaultTolerance.<String>createAsync()).get(action);
    }

    @Test
    @Tag("attempts-async")
    void everyTryOfAUniIsAScope() {
        AtomicInteger tries = new AtomicInteger();
        Uni<String> uni = retrying(MutinyFaultTolerance.<String>create())
                .get(() -> tries.incrementAndGet() < 3
                        ? Uni.createFrom().failure(new Unlucky(tries.get()))
                        : Uni.createFrom().item("done"));
        assertEquals("done", uni.await().indefinitely());
        assertTries(List.of(1, 2, 3));
    }

    /** The tries are made on threads of the library's pool. */
    @Test
    @Tag("attempts-async")
    void offloadedTriesAreScopes() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        CompletionStage<String> stage = retrying(
                        FaultTolerance.<String>createAsync().withThreadOffload(true))
                .get(() -> tries.incrementAndGet() < 3
                        ? CompletableFuture.failedFuture(new Unlucky(tries.get()))
                        : CompletableFuture.completedFuture("done"));
        assertEquals("done", stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
        woven.agent().awaitEnds(3);
        assertTries(List.of(1, 2, 3));
    }

    /** Timeouts lie inside of retries. */
    @Test
    @Tag("attempts")
    void aTimeoutEndsItsTry() {
        CountDownLatch never = new CountDownLatch(1);
        FaultTolerance<String> guard = FaultTolerance.<String>create()
                .withRetry()
                .maxRetries(1)
                .delay(1, ChronoUnit.MILLIS)
                .jitter(0, ChronoUnit.MILLIS)
                .done()
                .withTimeout()
                .duration(20, ChronoUnit.MILLIS)
                .done()
                .build();
        assertThrows(
                TimeoutException.class,
                () -> guard.call(() -> {
                    never.await(20, TimeUnit.SECONDS);
                    return "late";
                }));
        assertTries(List.of(1, 2));
        assertEquals(
                List.of("begin RETRY", "end RETRY TimeoutException", "begin RETRY", "end RETRY TimeoutException"),
                woven.agent().events());
    }

    private static <T, R> R retrying(FaultTolerance.Builder<T, R> builder) {
        return builder.withRetry()
                .maxRetries(2)
                .delay(1, ChronoUnit.MILLIS)
                .jitter(0, ChronoUnit.MILLIS)
                .retryOn(Unlucky.class)
                .done()
                .build();
    }
}
