package dev.weir.instrumentation.rxjava3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.EventLoop;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Observable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where the threads of RxJava run what somebody has asked for. */
class RxJava3SchedulersTest extends RxJava3Contract {

    // ---- schedulers

    private void assertCarriedBy(Scheduler scheduler) throws Exception {
        assertCarried(items -> items.subscribeOn(scheduler));
        assertCarried(items -> items.observeOn(scheduler));
        assertCarried(items -> items.toObservable().observeOn(scheduler));
        assertCarried(items -> items.observeOn(scheduler).map(x -> x + 1).observeOn(Schedulers.computation()));
        assertCarried(items -> items.parallel(2).runOn(scheduler).sequential());
        assertCarried(items -> items.delay(1, TimeUnit.MILLISECONDS, scheduler));
        assertCarried(items -> items.flatMap(x -> Flowable.just(x).subscribeOn(scheduler)));
        assertCarried(items -> items.firstElement().observeOn(scheduler));
        assertCarried(items -> items.firstOrError().subscribeOn(scheduler));
        assertCarried(items -> items.ignoreElements().observeOn(scheduler));
    }

    @Test
    @Tag("traced-async")
    void schedulersOfRxJava() throws Exception {
        assertCarriedBy(Schedulers.io());
        assertCarriedBy(Schedulers.computation());
        assertCarriedBy(Schedulers.single());
        assertCarriedBy(Schedulers.newThread());
        assertCarriedBy(Schedulers.trampoline());
    }

    @Test
    @Tag("traced-async")
    void schedulersOverExecutors() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        ScheduledExecutorService scheduled = Executors.newScheduledThreadPool(2);
        EventLoop eventLoop = new EventLoop();
        try {
            assertCarriedBy(Schedulers.from(pool));
            assertCarriedBy(Schedulers.from(scheduled, true, true));
            assertCarriedBy(Schedulers.from(ForkJoinPool.commonPool(), true));
            assertCarriedBy(Schedulers.from(eventLoop::execute));
            assertCarriedBy(Schedulers.from(eventLoop::execute, true));
        } finally {
            pool.shutdown();
            scheduled.shutdown();
            eventLoop.stop();
        }
    }

    /** What one has scheduled runs after what another has scheduled, on the same turn of the thread. */
    @Test
    @Tag("concurrent")
    void tasksOfOneWorkerRunEachInItsOwnContext() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            for (Scheduler scheduler : List.of(
                    Schedulers.from(pool),
                    Schedulers.from(pool, true),
                    Schedulers.io(),
                    Schedulers.computation(),
                    Schedulers.single())) {
                Scheduler.Worker worker = scheduler.createWorker();
                CountDownLatch queued = new CountDownLatch(1);
                CompletableFuture<Object> byFirst = new CompletableFuture<>();
                CompletableFuture<Object> bySecond = new CompletableFuture<>();
                CompletableFuture<Object> byNobody = new CompletableFuture<>();
                Call first = scope();
                Object insideFirst = here();
                worker.schedule(() -> {
                    await(queued);
                    byFirst.complete(here());
                });
                Hooks.end(first, 0, null);
                Call second = scope();
                Object insideSecond = here();
                worker.schedule(() -> bySecond.complete(here()));
                Hooks.end(second, 0, null);
                worker.schedule(() -> byNobody.complete(here()));
                queued.countDown();
                assertSame(insideFirst, byFirst.get(20, TimeUnit.SECONDS));
                assertSame(insideSecond, bySecond.get(20, TimeUnit.SECONDS));
                assertSame(NOTHING, byNobody.get(20, TimeUnit.SECONDS));
                worker.dispose();
            }
        } finally {
            pool.shutdown();
        }
    }

    /** A trampoline runs on the thread that was there first, whoever comes while it is busy. */
    @Test
    @Tag("concurrent")
    void tasksOfOneTrampolineRunEachInItsOwnContext() {
        Scheduler.Worker worker = Schedulers.trampoline().createWorker();
        AtomicReference<Object> inner = new AtomicReference<>();
        AtomicReference<Object> insideInner = new AtomicReference<>();
        worker.schedule(() -> {
            Call scope = scope();
            insideInner.set(here());
            worker.schedule(() -> inner.set(here()));
            Hooks.end(scope, 0, null);
        });
        assertSame(insideInner.get(), inner.get());
    }

    @Test
    @Tag("traced-async")
    void timers() throws Exception {
        assertCarried(items -> items.delay(1, TimeUnit.MILLISECONDS));
        assertCarried(items -> items.delaySubscription(1, TimeUnit.MILLISECONDS));
        assertCarried(items -> items.concatMap(x -> Flowable.timer(1, TimeUnit.MILLISECONDS)));
        assertCarried(items -> items.concatMapSingle(x -> Single.timer(1, TimeUnit.MILLISECONDS)));
        assertCarried(items -> Flowable.never().timeout(1, TimeUnit.MILLISECONDS, items));
        assertCarried(items -> items.buffer(20, TimeUnit.SECONDS, 2));
        assertCarried(items -> items.concatMap(x -> Flowable.just(x).delay(1, TimeUnit.MILLISECONDS))
                .buffer(1, TimeUnit.MILLISECONDS));
    }

    private void assertTicking(Object ticks) throws Exception {
        assertHeardInside(ticks, () -> {});
        for (Object each : subscribe(ticks).get(20, TimeUnit.SECONDS)) assertSame(NOTHING, each);
    }

    @Test
    @Tag("traced-async")
    void intervals() throws Exception {
        for (Scheduler scheduler : List.of(Schedulers.computation(), Schedulers.io(), Schedulers.single())) {
            assertTicking(Flowable.interval(1, TimeUnit.MILLISECONDS, scheduler).take(3));
            assertTicking(Flowable.intervalRange(1, 3, 1, 1, TimeUnit.MILLISECONDS, scheduler));
            assertTicking(
                    Observable.interval(1, TimeUnit.MILLISECONDS, scheduler).take(3));
            assertTicking(Observable.intervalRange(1, 3, 1, 1, TimeUnit.MILLISECONDS, scheduler));
        }
    }

    /** The next subscription is made on the thread on which the one before failed, or on a timer's. */
    @Test
    @Tag("traced-async")
    void repeatedSubscriptions() throws Exception {
        for (Scheduler scheduler : List.of(Schedulers.io(), Schedulers.computation())) {
            Ear tries = new Ear();
            assertHeardInside(
                    Single.fromCallable(() -> {
                                tries.hear();
                                if (tries.heard.size() < 3) throw new Unlucky();
                                return 1;
                            })
                            .subscribeOn(scheduler)
                            .retryWhen(errors ->
                                    errors.delay(1, TimeUnit.MILLISECONDS).take(3)),
                    () -> {});
            assertEquals(3, tries.heard.size());
            assertEquals(1, tries.heard.stream().distinct().count());
            assertNotSame(NOTHING, tries.heard.get(0));
        }
        assertCarried(items -> items.subscribeOn(Schedulers.io()).repeat(2));
        assertCarried(items ->
                items.repeatWhen(ends -> ends.delay(1, TimeUnit.MILLISECONDS).take(2)));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
