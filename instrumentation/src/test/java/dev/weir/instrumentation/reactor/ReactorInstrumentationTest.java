package dev.weir.instrumentation.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Emission;
import dev.weir.instrumentation.testing.EventLoop;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Whatever thread a signal comes from, it is heard of in the context of the subscriber. */
class ReactorInstrumentationTest {

    private static final String NOTHING = "nothing";

    @RegisterExtension
    final Woven woven = new Woven(new ReactorInstrumentation(), new ThreadsInstrumentation());

    /** A thread that no run has started, as an event loop is one. */
    private final ExecutorService foreign = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() throws InterruptedException {
        foreign.shutdown();
        assertTrue(foreign.awaitTermination(20, TimeUnit.SECONDS));
    }

    /** Runs it with no context, though the caller may have one. */
    private void onForeignThread(Runnable task) {
        Object before = Hooks.enter(null);
        try {
            foreign.execute(task);
        } finally {
            Hooks.exit(before);
        }
    }

    private static Object here() {
        Object context = Hooks.capture();
        return context == null ? NOTHING : context;
    }

    private Call scope() {
        Call scope =
                Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, woven.adapter().name(), "cause") {});
        assertNotNull(scope);
        return scope;
    }

    /** The contexts in which an operator below the publisher hears of its items and its end. */
    private static CompletableFuture<List<Object>> subscribe(Publisher<?> publisher) {
        List<Object> heard = new CopyOnWriteArrayList<>();
        CompletableFuture<List<Object>> all = new CompletableFuture<>();
        Flux<Object> flux =
                publisher instanceof Mono<?> mono ? mono.<Object>map(x -> x).flux() : Flux.from(publisher);
        flux.doOnNext(item -> heard.add(here()))
                .doOnError(thrown -> heard.add(here()))
                .doOnTerminate(() -> heard.add(here()))
                .subscribe(item -> {}, thrown -> all.complete(heard), () -> all.complete(heard));
        return all;
    }

    /** Subscribed to inside a scope, it is heard of inside that scope; outside, in nothing. */
    private void assertHeardInside(Publisher<?> publisher, Runnable whenSubscribed) throws Exception {
        Call scope = scope();
        Object inside = here();
        CompletableFuture<List<Object>> heard;
        try {
            heard = subscribe(publisher);
        } finally {
            Hooks.leave(scope);
        }
        whenSubscribed.run();
        List<Object> contexts = heard.get(20, TimeUnit.SECONDS);
        Hooks.end(scope, 0, null);
        assertTrue(!contexts.isEmpty());
        for (Object each : contexts) assertSame(inside, each);
    }

    private void assertCarried(Function<Flux<Integer>, Publisher<?>> operators) throws Exception {
        assertHeardInside(operators.apply(Flux.range(1, 5)), () -> {});
        for (Object each : subscribe(operators.apply(Flux.range(1, 5))).get(20, TimeUnit.SECONDS)) {
            assertSame(NOTHING, each);
        }
    }

    // ---- schedulers

    @Test
    @Tag("traced-async")
    void schedulersOfReactor() throws Exception {
        for (Scheduler scheduler : List.of(Schedulers.boundedElastic(), Schedulers.parallel(), Schedulers.single())) {
            assertCarried(items -> items.subscribeOn(scheduler));
            assertCarried(items -> items.publishOn(scheduler));
            assertCarried(items -> items.publishOn(scheduler).map(x -> x + 1).publishOn(Schedulers.parallel()));
        }
    }

    @Test
    @Tag("traced-async")
    void schedulersOverExecutors() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        EventLoop eventLoop = new EventLoop();
        try {
            for (Scheduler scheduler : List.of(
                    Schedulers.fromExecutorService(pool),
                    Schedulers.fromExecutorService(ForkJoinPool.commonPool()),
                    Schedulers.fromExecutor(pool),
                    Schedulers.fromExecutor(pool, true),
                    Schedulers.fromExecutor(eventLoop::execute),
                    Schedulers.fromExecutor(eventLoop::execute, true))) {
                assertCarried(items -> items.subscribeOn(scheduler));
                assertCarried(items -> items.publishOn(scheduler));
            }
        } finally {
            pool.shutdown();
            eventLoop.stop();
        }
    }

    @Test
    @Tag("traced-async")
    void timers() throws Exception {
        assertCarried(items -> items.delayElements(Duration.ofMillis(1)));
        assertCarried(items -> items.delaySequence(Duration.ofMillis(1)));
        assertCarried(items -> items.delaySubscription(Duration.ofMillis(1)));
        assertCarried(items -> items.concatMap(x -> Mono.delay(Duration.ofMillis(1))));
        assertCarried(items -> Flux.never().timeout(Duration.ofMillis(1), items));
        assertCarried(items -> items.concatWith(Flux.never()).take(Duration.ofMillis(20)));
        assertCarried(items -> items.bufferTimeout(2, Duration.ofSeconds(20)));
    }

    @Test
    @Tag("traced-async")
    void intervals() throws Exception {
        assertHeardInside(Flux.interval(Duration.ofMillis(1)).take(3), () -> {});
        for (Object each :
                subscribe(Flux.interval(Duration.ofMillis(1)).take(3)).get(20, TimeUnit.SECONDS)) {
            assertSame(NOTHING, each);
        }
    }

    // ---- sources whose signals come from any thread

    @Test
    @Tag("traced-async")
    void callbacks() throws Exception {
        AtomicReference<FluxSink<Integer>> many = new AtomicReference<>();
        Flux<Integer> created = Flux.create(many::set);
        assertHeardInside(
                created, () -> onForeignThread(() -> many.get().next(1).next(2).complete()));
        Flux<Integer> pushed = Flux.push(many::set);
        assertHeardInside(pushed, () -> onForeignThread(() -> many.get().next(1).error(new Unlucky())));
        AtomicReference<MonoSink<Integer>> one = new AtomicReference<>();
        Mono<Integer> single = Mono.create(one::set);
        assertHeardInside(single, () -> onForeignThread(() -> one.get().success(1)));
    }

    @Test
    @Tag("traced-async")
    void futures() throws Exception {
        CompletableFuture<Integer> future = new CompletableFuture<>();
        assertHeardInside(Mono.fromFuture(future), () -> onForeignThread(() -> future.complete(1)));
    }

    @Test
    @Tag("traced-async")
    void sinks() throws Exception {
        for (Sinks.Many<Integer> sink : List.<Sinks.Many<Integer>>of(
                Sinks.many().unicast().onBackpressureBuffer(),
                Sinks.many().unicast().onBackpressureError(),
                Sinks.many().multicast().onBackpressureBuffer(),
                Sinks.many().multicast().directBestEffort(),
                Sinks.many().replay().all())) {
            assertHeardInside(
                    sink.asFlux().map(x -> x + 1),
                    () -> onForeignThread(() -> {
                        sink.tryEmitNext(1);
                        sink.tryEmitNext(2);
                        sink.tryEmitComplete();
                    }));
        }
        Sinks.One<Integer> one = Sinks.one();
        assertHeardInside(one.asMono(), () -> onForeignThread(() -> one.tryEmitValue(1)));
        Sinks.Empty<Integer> empty = Sinks.empty();
        assertHeardInside(empty.asMono(), () -> onForeignThread(empty::tryEmitEmpty));
    }

    /** Then there are no items in the signals, only news of items in the queue. */
    @Test
    @Tag("traced-async")
    void sinkAsQueueOfTheNextOperator() throws Exception {
        Sinks.Many<Integer> sink = Sinks.many().unicast().onBackpressureBuffer();
        assertHeardInside(
                sink.asFlux().publishOn(Schedulers.parallel()),
                () -> onForeignThread(() -> {
                    sink.tryEmitNext(1);
                    sink.tryEmitNext(2);
                    sink.tryEmitComplete();
                }));
    }

    @Test
    @Tag("traced-async")
    void publishersOfOtherLibraries() throws Exception {
        Publisher<Integer> publisher = subscriber -> onForeignThread(() -> new Emission(subscriber).begin());
        assertHeardInside(Flux.from(publisher), () -> {});
        assertHeardInside(Mono.from(publisher), () -> {});
        assertHeardInside(Mono.fromDirect(publisher), () -> {});
        assertHeardInside(Mono.ignoreElements(publisher), () -> {});
    }

    @Test
    @Tag("traced-async")
    void whoSubscribesIsTheCauseNotWhoAssembles() throws Exception {
        AtomicReference<FluxSink<Integer>> sink = new AtomicReference<>();
        Call assembling = scope();
        Flux<Integer> assembled =
                Flux.<Integer>create(sink::set).map(x -> x + 1).publishOn(Schedulers.parallel());
        Hooks.end(assembling, 0, null);
        assertHeardInside(
                assembled, () -> onForeignThread(() -> sink.get().next(1).complete()));
    }

    @Test
    @Tag("concurrent")
    void eachSubscriberOfOneSinkHearsInItsOwnContext() throws Exception {
        Sinks.Many<Integer> sink = Sinks.many().multicast().directBestEffort();
        Call first = scope();
        Object insideFirst = here();
        CompletableFuture<List<Object>> heardByFirst = subscribe(sink.asFlux());
        Hooks.end(first, 0, null);
        Call second = scope();
        Object insideSecond = here();
        CompletableFuture<List<Object>> heardBySecond = subscribe(sink.asFlux().publishOn(Schedulers.boundedElastic()));
        Hooks.end(second, 0, null);
        CompletableFuture<List<Object>> heardByNobody = subscribe(sink.asFlux());
        assertNotSame(insideFirst, insideSecond);

        Call emitting = scope();
        Object insideEmitting = here();
        sink.tryEmitNext(1);
        sink.tryEmitComplete();
        Hooks.end(emitting, 0, null);

        assertEquals(List.of(insideFirst, insideFirst), heardByFirst.get(20, TimeUnit.SECONDS));
        assertEquals(List.of(insideSecond, insideSecond), heardBySecond.get(20, TimeUnit.SECONDS));
        // It has no cause of its own: what it does is caused by whoever emits.
        assertEquals(List.of(insideEmitting, insideEmitting), heardByNobody.get(20, TimeUnit.SECONDS));
    }

    // ---- what several subscribers share

    private void assertNotMixed(Function<Mono<Integer>, Publisher<Integer>> shared) throws Exception {
        AtomicReference<MonoSink<Integer>> sink = new AtomicReference<>();
        Publisher<Integer> publisher = shared.apply(Mono.create(sink::set));
        Call first = scope();
        Object insideFirst = here();
        CompletableFuture<List<Object>> heardByFirst = subscribe(publisher);
        Hooks.leave(first);
        Call second = scope();
        Object insideSecond = here();
        CompletableFuture<List<Object>> heardBySecond = subscribe(publisher);
        Hooks.leave(second);
        CompletableFuture<List<Object>> heardOutside = subscribe(publisher);
        onForeignThread(() -> sink.get().success(1));
        assertEquals(List.of(insideFirst, insideFirst), heardByFirst.get(20, TimeUnit.SECONDS));
        assertEquals(List.of(insideSecond, insideSecond), heardBySecond.get(20, TimeUnit.SECONDS));
        assertEquals(List.of(NOTHING, NOTHING), heardOutside.get(20, TimeUnit.SECONDS));
        Hooks.end(second, 0, null);
        Hooks.end(first, 0, null);
    }

    @Test
    @Tag("concurrent")
    void cachedAnswersAreHeardOfByEachInItsOwnContext() throws Exception {
        assertNotMixed(Mono::cache);
        assertNotMixed(answer -> answer.cache(Duration.ofHours(1)));
        assertNotMixed(Mono::share);
        assertNotMixed(answer -> answer.flux().share());
        assertNotMixed(answer -> answer.flux().replay(1).autoConnect());
        assertNotMixed(answer -> answer.flux().publish().refCount(1));
        assertNotMixed(answer -> answer.flux().cache());
    }

    // ---- what must not change

    @Test
    void contextOfReactorRequestsAndCancellationPass() throws Exception {
        Call scope = scope();
        try {
            AtomicReference<Object> key = new AtomicReference<>();
            CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
            CompletableFuture<Long> requested = new CompletableFuture<>();
            Disposable subscription = Flux.<Integer>create(sink -> {
                        key.set(sink.currentContext().get("key"));
                        sink.onRequest(requested::complete).onCancel(() -> cancelled.complete(true));
                    })
                    .limitRate(7)
                    .contextWrite(context -> context.put("key", "value"))
                    .subscribe();
            assertEquals("value", key.get());
            assertEquals(7, requested.get(20, TimeUnit.SECONDS));
            subscription.dispose();
            assertTrue(cancelled.get(20, TimeUnit.SECONDS));
        } finally {
            Hooks.end(scope, 0, null);
        }
    }

    @Test
    void chainCanStillBeScanned() {
        Call scope = scope();
        try {
            AtomicReference<Object> inner = new AtomicReference<>();
            Flux.<Integer>create(sink -> sink.next(1).complete())
                    .doOnSubscribe(inner::set)
                    .map(x -> x)
                    .name("below")
                    .blockLast();
            assertTrue(Scannable.from(inner.get()).actuals().count() >= 2);
        } finally {
            Hooks.end(scope, 0, null);
        }
    }

    private static final class Unlucky extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
