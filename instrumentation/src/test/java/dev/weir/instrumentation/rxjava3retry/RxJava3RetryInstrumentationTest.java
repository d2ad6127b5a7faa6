package dev.weir.instrumentation.rxjava3retry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.RecordingAgent;
import dev.weir.instrumentation.testing.RetryLayerContract;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RxJava3RetryInstrumentationTest extends RetryLayerContract {

    /** What takes contexts to the threads of schedulers. */
    @Order(1)
    @RegisterExtension
    final Woven threads = new Woven(new ThreadsInstrumentation());

    @Order(2)
    @RegisterExtension
    final Woven woven = new Woven(new RxJava3RetryInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected String layer() {
        return "rxjava";
    }

    @Override
    protected boolean retriesResults() {
        return false;
    }

    @Override
    protected String call(Callable<String> action) {
        return Single.fromCallable(action).retry(2).blockingGet();
    }

    @Override
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) {
        return Single.defer(() -> Single.fromCompletionStage(action.get()))
                .retryWhen(failures -> failures.delay(1, TimeUnit.MILLISECONDS).take(3))
                .toCompletionStage();
    }

    /** Every base type has the same ways to retry. */
    @Test
    @Tag("attempts")
    void everyOperatorIsFollowed() {
        Map<String, Function<Callable<String>, @Nullable String>> forms = new TreeMap<>();
        forms.put("Flowable.retry()", it -> Flowable.fromCallable(it).retry().blockingFirst());
        forms.put("Flowable.retry(n)", it -> Flowable.fromCallable(it).retry(2).blockingFirst());
        forms.put(
                "Flowable.retry((n, e))",
                it -> Flowable.fromCallable(it).retry((number, thrown) -> true).blockingFirst());
        forms.put(
                "Flowable.retryUntil",
                it -> Flowable.fromCallable(it).retryUntil(() -> false).blockingFirst());
        forms.put(
                "Flowable.retryWhen",
                it -> Flowable.fromCallable(it).retryWhen(failures -> failures).blockingFirst());
        forms.put(
                "Observable.retry()", it -> Observable.fromCallable(it).retry().blockingFirst());
        forms.put(
                "Observable.retry((n, e))",
                it -> Observable.fromCallable(it)
                        .retry((number, thrown) -> true)
                        .blockingFirst());
        forms.put(
                "Observable.retryWhen",
                it -> Observable.fromCallable(it)
                        .retryWhen(failures -> failures)
                        .blockingFirst());
        forms.put("Single.retry()", it -> Single.fromCallable(it).retry().blockingGet());
        forms.put(
                "Single.retry((n, e))",
                it -> Single.fromCallable(it).retry((number, thrown) -> true).blockingGet());
        forms.put(
                "Single.retryWhen",
                it -> Single.fromCallable(it).retryWhen(failures -> failures).blockingGet());
        forms.put("Maybe.retry()", it -> Maybe.fromCallable(it).retry().blockingGet());
        forms.put(
                "Maybe.retryWhen",
                it -> Maybe.fromCallable(it).retryWhen(failures -> failures).blockingGet());
        forms.put("Completable.retry()", it -> {
            Completable.fromCallable(it).retry().blockingAwait();
            return "done";
        });
        forms.put("Completable.retryWhen", it -> {
            Completable.fromCallable(it).retryWhen(failures -> failures).blockingAwait();
            return "done";
        });
        forms.forEach((name, form) -> {
            int before = facts().size();
            AtomicInteger tries = new AtomicInteger();
            assertEquals(
                    "done",
                    form.apply(() -> {
                        if (tries.incrementAndGet() < 3) throw new Unlucky(tries.get());
                        return "done";
                    }),
                    name);
            assertEquals(
                    List.of(1, 2, 3),
                    facts().subList(before, facts().size()).stream()
                            .map(each -> each.tryNumber())
                            .toList(),
                    name);
            List<String> events = woven.agent().events();
            assertEquals(
                    List.of(
                            "begin RETRY",
                            "end RETRY Unlucky",
                            "begin RETRY",
                            "end RETRY Unlucky",
                            "begin RETRY",
                            "end RETRY"),
                    events.subList(events.size() - 6, events.size()),
                    name);
        });
    }

    /** Whatever thread they run on. */
    @Test
    @Tag("attempts-async")
    void whatATryCausesOnAnotherSchedulerBelongsToIt() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        List<@Nullable Object> inside = Collections.synchronizedList(new ArrayList<>());
        String result = Single.fromCallable(() -> {
                    inside.add(Hooks.capture());
                    return tries.incrementAndGet();
                })
                .subscribeOn(Schedulers.io())
                .observeOn(Schedulers.computation())
                .flatMap(number -> Single.fromCallable(() -> {
                            inside.add(Hooks.capture());
                            if (number < 3) throw new Unlucky(number);
                            return "done";
                        })
                        .subscribeOn(Schedulers.newThread()))
                .retryWhen(failures -> failures.delay(1, TimeUnit.MILLISECONDS))
                .blockingGet();
        assertEquals("done", result);
        woven.agent().awaitEnds(3);
        assertTries(List.of(1, 2, 3));
        assertEquals(6, inside.size());
        for (int i = 0; i < 6; i++) {
            CallFacts around = assertInstanceOf(RecordingAgent.Open.class, inside.get(i)).facts;
            assertEquals(facts().get(i / 2), around, "call " + i);
        }
    }

    @Test
    @Tag("attempts")
    void eachSubscriptionIsACall() {
        AtomicInteger tries = new AtomicInteger();
        Single<String> call = Single.fromCallable(() -> {
                    if (tries.incrementAndGet() % 2 == 1) throw new Unlucky(1);
                    return "done";
                })
                .retry();
        assertEquals("done", call.blockingGet());
        assertEquals("done", call.blockingGet());
        assertEquals(
                List.of(1, 2, 1, 2),
                facts().stream().map(each -> each.tryNumber()).toList());
    }

    /** To poll is not to retry. */
    @Test
    @Tag("attempts")
    void repetitionsAreNoTries() {
        AtomicInteger polls = new AtomicInteger();
        assertEquals(
                "done",
                Flowable.fromCallable(() -> polls.incrementAndGet() < 3 ? "waiting" : "done")
                        .repeatWhen(completions -> completions)
                        .skipWhile("waiting"::equals)
                        .take(1)
                        .blockingLast());
        assertEquals(3, Observable.fromCallable(() -> "done").repeat(3).count().blockingGet());
        assertEquals(List.of(), facts());
    }

    @Test
    @Tag("attempts")
    void aCancelledTryIsOver() {
        Disposable flowable = Flowable.never().retry().subscribe();
        flowable.dispose();
        Disposable observable =
                Observable.never().retryWhen(failures -> failures).subscribe();
        observable.dispose();
        assertEquals("one", Flowable.just("one", "two").retry().take(1).blockingLast());
        assertEquals(
                List.of(
                        "begin RETRY",
                        "end RETRY CancellationException",
                        "begin RETRY",
                        "end RETRY CancellationException",
                        "begin RETRY",
                        "end RETRY"),
                woven.agent().events());
    }

    /** Backpressure goes through. */
    @Test
    @Tag("attempts")
    void onlyWhatIsAskedForIsEmitted() {
        List<Integer> emitted = new ArrayList<>();
        var subscriber = Flowable.range(1, 100).doOnNext(emitted::add).retry(2).test(3);
        assertEquals(List.of(1, 2, 3), emitted);
        subscriber.request(2);
        assertEquals(List.of(1, 2, 3, 4, 5), emitted);
        subscriber.cancel();
    }

    @Test
    @Tag("attempts")
    void handlersThatThrowLeaveNothingOpen() {
        assertThrows(
                Unlucky.class,
                () -> Single.<String>error(new Unlucky(1))
                        .retryWhen(failures -> {
                            throw new Unlucky(2);
                        })
                        .blockingGet());
        assertNotNull(assertThrows(
                RuntimeException.class,
                () -> Single.<String>error(new Unlucky(1))
                        .retry((number, thrown) -> {
                            throw new Unlucky(2);
                        })
                        .blockingGet()));
    }
}
