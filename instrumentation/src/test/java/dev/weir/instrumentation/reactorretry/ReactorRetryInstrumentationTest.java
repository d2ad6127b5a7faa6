package dev.weir.instrumentation.reactorretry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** {@code retryWhen}. */
class ReactorRetryInstrumentationTest extends ReactorRetryContract {

    @Override
    protected String call(Callable<String> action) {
        return String.valueOf(Mono.fromCallable(action).retryWhen(Retry.max(2)).block());
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return Mono.defer(() -> Mono.fromCompletionStage(action.get()))
                .retryWhen(Retry.backoff(2, Duration.ofMillis(1)))
                .toFuture();
    }

    private Call scope() {
        Call scope =
                Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, woven.adapter().name(), "cause") {});
        assertNotNull(scope);
        return scope;
    }

    @Test
    @Tag("attempts")
    void whatComesAfterTheOperatorIsNoPartOfATry() {
        Call cause = scope();
        Object inside = Hooks.capture();
        AtomicInteger tries = new AtomicInteger();
        List<Object> above = new ArrayList<>();
        List<Object> below = new ArrayList<>();
        Mono.fromCallable(() -> {
                    above.add(Hooks.capture());
                    if (tries.incrementAndGet() < 3) throw new Unlucky(tries.get());
                    return "done";
                })
                .retryWhen(Retry.max(2))
                .map(result -> {
                    below.add(Hooks.capture());
                    return result;
                })
                .block();
        Hooks.end(cause, 0, null);
        assertEquals(List.of(inside), below);
        assertEquals(3, above.stream().distinct().count());
        assertTrue(!above.contains(inside));
    }

    @Test
    @Tag("attempts")
    void elementsOfAFluxPassWhileTheTryGoesOn() {
        Call cause = scope();
        Object inside = Hooks.capture();
        AtomicInteger tries = new AtomicInteger();
        List<Object> below = new ArrayList<>();
        List<Integer> seen = Flux.range(1, 3)
                .concatWith(Flux.defer(() -> tries.incrementAndGet() < 2 ? Flux.error(new Unlucky(1)) : Flux.just(4)))
                .retryWhen(Retry.max(2))
                .doOnNext(each -> below.add(Hooks.capture()))
                .collectList()
                .block();
        Hooks.end(cause, 0, null);
        assertEquals(List.of(1, 2, 3, 1, 2, 3, 4), seen);
        assertEquals(Collections.nCopies(7, inside), below);
        assertEquals(
                List.of("begin TOOL", "begin RETRY", "end RETRY Unlucky", "begin RETRY", "end RETRY", "end TOOL"),
                woven.agent().events());
    }

    @Test
    @Tag("attempts")
    void eachSubscriptionIsALogicalCallOfItsOwn() {
        Mono<String> assembled = Mono.fromCallable(() -> "done").retryWhen(Retry.max(2));
        assembled.block();
        assembled.block();
        for (ScopeFacts each : facts()) {
            assertNull(each.previousTry());
            assertEquals(1, each.tryNumber());
        }
        assertEquals(2, facts().size());
    }

    @Test
    @Tag("attempts-async")
    void cancellationEndsTheTry() {
        Disposable subscription = Mono.never().retryWhen(Retry.max(2)).subscribe();
        subscription.dispose();
        assertEquals(
                List.of("begin RETRY", "end RETRY CancellationException"),
                woven.agent().events());
    }

    @Test
    @Tag("attempts-async")
    void contextOfTheSubscriberReachesWhatIsTried() {
        AtomicReference<Object> seen = new AtomicReference<>();
        Mono.deferContextual(context -> {
                    seen.set(context.get("key"));
                    return Mono.just("done");
                })
                .retryWhen(Retry.max(2))
                .contextWrite(context -> context.put("key", "value"))
                .block();
        assertEquals("value", seen.get());
    }
}
