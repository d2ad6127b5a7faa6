package dev.weir.instrumentation.rxjava3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Emission;
import io.reactivex.rxjava3.core.BackpressureStrategy;
import io.reactivex.rxjava3.core.Completable;
import io.reactivex.rxjava3.core.CompletableEmitter;
import io.reactivex.rxjava3.core.Emitter;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.FlowableEmitter;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.MaybeEmitter;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Observer;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.core.SingleEmitter;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.processors.AsyncProcessor;
import io.reactivex.rxjava3.processors.BehaviorProcessor;
import io.reactivex.rxjava3.processors.FlowableProcessor;
import io.reactivex.rxjava3.processors.MulticastProcessor;
import io.reactivex.rxjava3.processors.PublishProcessor;
import io.reactivex.rxjava3.processors.ReplayProcessor;
import io.reactivex.rxjava3.processors.UnicastProcessor;
import io.reactivex.rxjava3.schedulers.Schedulers;
import io.reactivex.rxjava3.subjects.AsyncSubject;
import io.reactivex.rxjava3.subjects.BehaviorSubject;
import io.reactivex.rxjava3.subjects.CompletableSubject;
import io.reactivex.rxjava3.subjects.MaybeSubject;
import io.reactivex.rxjava3.subjects.PublishSubject;
import io.reactivex.rxjava3.subjects.ReplaySubject;
import io.reactivex.rxjava3.subjects.SingleSubject;
import io.reactivex.rxjava3.subjects.Subject;
import io.reactivex.rxjava3.subjects.UnicastSubject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;

/** Sources whose signals come from any thread, and what several subscribers share. */
class RxJava3InstrumentationTest extends RxJava3Contract {

    // ---- sources whose signals come from any thread

    @Test
    @Tag("traced-async")
    void callbacks() throws Exception {
        AtomicReference<FlowableEmitter<Integer>> flowable = new AtomicReference<>();
        for (BackpressureStrategy strategy : BackpressureStrategy.values()) {
            assertHeardInside(Flowable.create(flowable::set, strategy), () -> onForeignThread(() -> emit(flowable)));
        }
        AtomicReference<Emitter<Integer>> observable = new AtomicReference<>();
        assertHeardInside(Observable.<Integer>create(observable::set), () -> onForeignThread(() -> emit(observable)));
        AtomicReference<SingleEmitter<Integer>> single = new AtomicReference<>();
        assertHeardInside(
                Single.create(single::set),
                () -> onForeignThread(() -> single.get().onSuccess(1)));
        assertHeardInside(
                Single.create(single::set),
                () -> onForeignThread(() -> single.get().onError(new Unlucky())));
        AtomicReference<MaybeEmitter<Integer>> maybe = new AtomicReference<>();
        assertHeardInside(
                Maybe.create(maybe::set),
                () -> onForeignThread(() -> maybe.get().onSuccess(1)));
        assertHeardInside(
                Maybe.create(maybe::set),
                () -> onForeignThread(() -> maybe.get().onComplete()));
        AtomicReference<CompletableEmitter> completable = new AtomicReference<>();
        assertHeardInside(
                Completable.create(completable::set),
                () -> onForeignThread(() -> completable.get().onComplete()));
    }

    private static void emit(AtomicReference<? extends Emitter<Integer>> emitter) {
        emitter.get().onNext(1);
        emitter.get().onNext(2);
        emitter.get().onComplete();
    }

    @Test
    @Tag("traced-async")
    void futures() throws Exception {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        CompletableFuture<Integer> second = new CompletableFuture<>();
        assertHeardInside(Single.fromCompletionStage(future), () -> onForeignThread(() -> future.complete(1)));
        assertHeardInside(Flowable.fromCompletionStage(second), () -> onForeignThread(() -> second.complete(1)));
        CompletableFuture<Integer> third = new CompletableFuture<>();
        assertHeardInside(
                Maybe.fromFuture(third).subscribeOn(Schedulers.io()), () -> onForeignThread(() -> third.complete(1)));
    }

    @Test
    @Tag("traced-async")
    void processorsAndSubjects() throws Exception {
        for (FlowableProcessor<Integer> processor : List.<FlowableProcessor<Integer>>of(
                AsyncProcessor.create(),
                BehaviorProcessor.create(),
                started(MulticastProcessor.create()),
                PublishProcessor.create(),
                PublishProcessor.<Integer>create().toSerialized(),
                ReplayProcessor.create(),
                UnicastProcessor.create())) {
            assertHeardInside(
                    processor,
                    () -> onForeignThread(() -> {
                        processor.onNext(1);
                        processor.onNext(2);
                        processor.onComplete();
                    }));
        }
        for (Subject<Integer> subject : List.<Subject<Integer>>of(
                AsyncSubject.create(),
                BehaviorSubject.create(),
                PublishSubject.create(),
                PublishSubject.<Integer>create().toSerialized(),
                ReplaySubject.create(),
                UnicastSubject.create())) {
            assertHeardInside(
                    subject,
                    () -> onForeignThread(() -> {
                        subject.onNext(1);
                        subject.onNext(2);
                        subject.onComplete();
                    }));
        }
        SingleSubject<Integer> single = SingleSubject.create();
        assertHeardInside(single, () -> onForeignThread(() -> single.onSuccess(1)));
        MaybeSubject<Integer> maybe = MaybeSubject.create();
        assertHeardInside(maybe, () -> onForeignThread(() -> maybe.onSuccess(1)));
        CompletableSubject completable = CompletableSubject.create();
        assertHeardInside(completable, () -> onForeignThread(completable::onComplete));
        CompletableSubject gate = CompletableSubject.create();
        assertHeardInside(gate.andThen(Flowable.just(1)), () -> onForeignThread(gate::onComplete));
    }

    private static MulticastProcessor<Integer> started(MulticastProcessor<Integer> processor) {
        processor.start();
        return processor;
    }

    /** Then there are no items in the signals, only news of items in the queue. */
    @Test
    @Tag("traced-async")
    void processorAsQueueOfTheNextOperator() throws Exception {
        UnicastProcessor<Integer> processor = UnicastProcessor.create();
        assertHeardInside(
                processor.observeOn(Schedulers.computation()),
                () -> onForeignThread(() -> {
                    processor.onNext(1);
                    processor.onComplete();
                }));
        UnicastSubject<Integer> subject = UnicastSubject.create();
        assertHeardInside(
                subject.observeOn(Schedulers.computation()),
                () -> onForeignThread(() -> {
                    subject.onNext(1);
                    subject.onComplete();
                }));
    }

    @Test
    @Tag("traced-async")
    void publishersOfOtherLibraries() throws Exception {
        Publisher<Integer> publisher = subscriber -> onForeignThread(() -> new Emission(subscriber).begin());
        assertHeardInside(Flowable.fromPublisher(publisher), () -> {});
        assertHeardInside(Observable.fromPublisher(publisher), () -> {});
        assertHeardInside(Single.fromPublisher(publisher), () -> {});
        assertHeardInside(Maybe.fromPublisher(publisher), () -> {});
        assertHeardInside(Completable.fromPublisher(publisher), () -> {});
        assertHeardInside(Flowable.just(0).concatMap(x -> Flowable.fromPublisher(publisher)), () -> {});
        AtomicReference<Observer<? super Integer>> observer = new AtomicReference<>();
        assertHeardInside(
                Observable.<Integer>unsafeCreate(observer::set),
                () -> onForeignThread(() -> {
                    observer.get().onSubscribe(Disposable.disposed());
                    observer.get().onNext(1);
                    observer.get().onComplete();
                }));
        assertHeardInside(
                Single.<Integer>unsafeCreate(each -> onForeignThread(() -> {
                    each.onSubscribe(Disposable.disposed());
                    each.onSuccess(1);
                })),
                () -> {});
        assertHeardInside(
                Maybe.<Integer>unsafeCreate(each -> onForeignThread(() -> {
                    each.onSubscribe(Disposable.disposed());
                    each.onSuccess(1);
                })),
                () -> {});
        assertHeardInside(
                Completable.unsafeCreate(each -> onForeignThread(() -> {
                    each.onSubscribe(Disposable.disposed());
                    each.onComplete();
                })),
                () -> {});
    }

    @Test
    @Tag("traced-async")
    void whoSubscribesIsTheCauseNotWhoAssembles() throws Exception {
        AtomicReference<FlowableEmitter<Integer>> emitter = new AtomicReference<>();
        Call assembling = scope();
        Flowable<Integer> assembled = Flowable.<Integer>create(emitter::set, BackpressureStrategy.BUFFER)
                .map(x -> x + 1)
                .observeOn(Schedulers.computation());
        Hooks.end(assembling, 0, null);
        assertHeardInside(assembled, () -> onForeignThread(() -> emit(emitter)));
    }

    /** Two inner sources emit at the same time: the thread of one hands on what the other has left for it. */
    @Test
    @Tag("concurrent")
    void mergedSourcesAreHeardOfInTheContextOfWhoMerges() throws Exception {
        AtomicReference<FlowableEmitter<Integer>> one = new AtomicReference<>();
        AtomicReference<FlowableEmitter<Integer>> other = new AtomicReference<>();
        assertHeardInside(
                Flowable.merge(
                        Flowable.create(one::set, BackpressureStrategy.BUFFER),
                        Flowable.create(other::set, BackpressureStrategy.BUFFER).observeOn(Schedulers.io())),
                () -> {
                    onForeignThread(() -> emit(one));
                    emit(other);
                });
    }

    @Test
    @Tag("concurrent")
    void eachSubscriberOfOneProcessorHearsInItsOwnContext() throws Exception {
        PublishProcessor<Integer> processor = PublishProcessor.create();
        Call first = scope();
        Object insideFirst = here();
        CompletableFuture<List<Object>> heardByFirst = subscribe(processor);
        Hooks.end(first, 0, null);
        Call second = scope();
        Object insideSecond = here();
        CompletableFuture<List<Object>> heardBySecond = subscribe(processor.observeOn(Schedulers.io()));
        Hooks.end(second, 0, null);
        CompletableFuture<List<Object>> heardByNobody = subscribe(processor);
        assertNotSame(insideFirst, insideSecond);

        Call emitting = scope();
        Object insideEmitting = here();
        processor.onNext(1);
        processor.onComplete();
        Hooks.end(emitting, 0, null);

        assertEquals(List.of(insideFirst, insideFirst), heardByFirst.get(20, TimeUnit.SECONDS));
        assertEquals(List.of(insideSecond, insideSecond), heardBySecond.get(20, TimeUnit.SECONDS));
        // It has no cause of its own: what it does is caused by whoever emits.
        assertEquals(List.of(insideEmitting, insideEmitting), heardByNobody.get(20, TimeUnit.SECONDS));
    }

    // ---- what several subscribers share

    private void assertNotMixed(Function<Single<Integer>, Object> shared) throws Exception {
        AtomicReference<SingleEmitter<Integer>> emitter = new AtomicReference<>();
        Object source = shared.apply(Single.create(emitter::set));
        Call first = scope();
        Object insideFirst = here();
        CompletableFuture<List<Object>> heardByFirst = subscribe(source);
        Hooks.leave(first);
        Call second = scope();
        Object insideSecond = here();
        CompletableFuture<List<Object>> heardBySecond = subscribe(source);
        Hooks.leave(second);
        CompletableFuture<List<Object>> heardOutside = subscribe(source);
        onForeignThread(() -> emitter.get().onSuccess(1));
        assertEquals(List.of(insideFirst, insideFirst), heardByFirst.get(20, TimeUnit.SECONDS));
        assertEquals(List.of(insideSecond, insideSecond), heardBySecond.get(20, TimeUnit.SECONDS));
        assertEquals(List.of(NOTHING, NOTHING), heardOutside.get(20, TimeUnit.SECONDS));
        Hooks.end(second, 0, null);
        Hooks.end(first, 0, null);
    }

    @Test
    @Tag("concurrent")
    void cachedAnswersAreHeardOfByEachInItsOwnContext() throws Exception {
        assertNotMixed(Single::cache);
        assertNotMixed(answer -> answer.toMaybe().cache());
        assertNotMixed(answer -> answer.ignoreElement().cache());
        assertNotMixed(answer -> answer.toFlowable().cache());
        assertNotMixed(answer -> answer.toObservable().cache());
        assertNotMixed(answer -> answer.toFlowable().share());
        assertNotMixed(answer -> answer.toObservable().share());
        assertNotMixed(answer -> answer.toFlowable().replay(1).autoConnect());
        assertNotMixed(answer -> answer.toObservable().replay().refCount());
        assertNotMixed(answer -> answer.toFlowable().publish().refCount(1));
        assertNotMixed(answer -> answer.toObservable().publish().autoConnect());
    }

    // ---- what must not change

    @Test
    void requestsAndCancellationPass() throws Exception {
        Call scope = scope();
        try {
            CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
            CompletableFuture<Long> requested = new CompletableFuture<>();
            Flowable.<Integer>create(
                            emitter -> {
                                requested.complete(emitter.requested());
                                emitter.setCancellable(() -> cancelled.complete(true));
                            },
                            BackpressureStrategy.ERROR)
                    .rebatchRequests(7)
                    .subscribe()
                    .dispose();
            assertEquals(7, requested.get(20, TimeUnit.SECONDS));
            assertTrue(cancelled.get(20, TimeUnit.SECONDS));
        } finally {
            Hooks.end(scope, 0, null);
        }
    }
}
