package dev.weir.instrumentation.kotlincoroutines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.Suspending;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import kotlin.Unit;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CompletableDeferred;
import kotlinx.coroutines.CompletableDeferredKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Deferred;
import kotlinx.coroutines.DelayKt;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.ExecutorsKt;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.TimeoutKt;
import kotlinx.coroutines.YieldKt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Coroutines on each dispatcher, and what they are caused by. */
class KotlinCoroutinesInstrumentationTest extends CoroutinesFixture {

    @Test
    @Tag("traced-async")
    void everyDispatcher() throws Exception {
        List<CoroutineContext> dispatchers =
                List.of(Dispatchers.getDefault(), Dispatchers.getIO(), Dispatchers.getUnconfined(), ofPool);
        for (CoroutineContext one : dispatchers) {
            for (CoroutineContext other : dispatchers) {
                assertCarried(() -> launch(
                        one,
                        Suspending.of(
                                (scope, result, next) -> {
                                    hear();
                                    return delay(unit(next));
                                },
                                (scope, result, next) -> {
                                    hear();
                                    return in(other, pausing(), next);
                                },
                                (scope, result, next) -> {
                                    hear();
                                    return YieldKt.yield(unit(next));
                                },
                                (scope, result, next) -> hear())));
                assertEquals(6, heard.size());
            }
        }
    }

    @Test
    @Tag("traced-async")
    void asyncAndAwait() throws Exception {
        assertCarried(() -> launch(
                Dispatchers.getDefault(),
                Suspending.of(
                        (scope, result, next) -> {
                            Deferred<Object> child = BuildersKt.async(
                                    scope,
                                    Dispatchers.getIO(),
                                    CoroutineStart.DEFAULT,
                                    pausing().<Object>typed());
                            return child.await(next);
                        },
                        (scope, result, next) -> hear())));
        assertEquals(3, heard.size());
    }

    /** Whoever resumes a coroutine is not what caused it. */
    @Test
    @Tag("traced-async")
    void resumedByAThreadThatIsAtWorkForSomethingElse() throws Exception {
        assertCarried(() -> resumedInAnotherScope(Dispatchers.getDefault()));
        assertCarried(() -> resumedInAnotherScope(ofPool));
        // One that was started in none, and has no thread of its own, goes on in that of the thread that resumes it.
        Call scope = scope("cause");
        Object inside = here();
        heard.clear();
        Job job = resumedInAnotherScope(Dispatchers.getUnconfined());
        Hooks.leave(scope);
        await(job);
        Hooks.end(scope, 0, null);
        assertHeard(inside);
    }

    private Job resumedInAnotherScope(CoroutineContext dispatcher) {
        CompletableDeferred<Object> answer = CompletableDeferredKt.CompletableDeferred((Job) null);
        Job job = launch(
                dispatcher,
                Suspending.of((scope, result, next) -> answer.await(next), (scope, result, next) -> hear()));
        Object before = Hooks.enter(null);
        try {
            foreign.execute(() -> {
                Call other = scope("another");
                Object inside = here();
                answer.complete(NOTHING);
                assertSame(inside, here());
                Hooks.end(other, 0, null);
            });
        } finally {
            Hooks.exit(before);
        }
        return job;
    }

    @Test
    @Tag("traced-async")
    void lazyAndUndispatchedStarts() throws Exception {
        assertCarried(
                () -> launch(GlobalScope.INSTANCE, Dispatchers.getDefault(), CoroutineStart.UNDISPATCHED, pausing()));
        Call scope = scope("cause");
        Object inside = here();
        Job lazy = launch(GlobalScope.INSTANCE, Dispatchers.getDefault(), CoroutineStart.LAZY, pausing());
        Hooks.leave(scope);
        heard.clear();
        lazy.start();
        await(lazy);
        Hooks.end(scope, 0, null);
        assertHeard(inside);
    }

    /** What a coroutine begins and ends between two suspensions is what its children are caused by. */
    @Test
    @Tag("concurrent")
    void childrenAreCausedByWhatTheirParentIsDoing() throws Exception {
        Call run = scope("run");
        Object around = here();
        List<Object> children = new CopyOnWriteArrayList<>();
        List<Object> scopes = new CopyOnWriteArrayList<>();
        Job job = launch(
                Dispatchers.getDefault(),
                Suspending.of(
                        (scope, result, next) -> {
                            for (int i = 0; i < 8; i++) {
                                Call tool = scope("tool");
                                Object inside = here();
                                scopes.add(inside);
                                launch(
                                        scope,
                                        Dispatchers.getIO(),
                                        CoroutineStart.DEFAULT,
                                        Suspending.of(
                                                (child, nothing, then) -> delay(unit(then)), (child, nothing, then) -> {
                                                    assertSame(inside, here());
                                                    children.add(here());
                                                    return Unit.INSTANCE;
                                                }));
                                Hooks.end(tool, 0, null);
                            }
                            return delay(unit(next));
                        },
                        (scope, result, next) -> hear()));
        Hooks.leave(run);
        await(job);
        Hooks.end(run, 0, null);
        assertHeard(around);
        assertEquals(8, children.size());
        assertTrue(children.containsAll(scopes), "each in its own");
    }

    @Test
    @Tag("concurrent")
    void coroutinesThatShareAThreadKeepApart() throws Exception {
        CoroutineContext single = ExecutorsKt.from(foreign);
        Call one = scope("one");
        Object inOne = here();
        Job first = launch(single, looking(inOne));
        Hooks.leave(one);
        Call two = scope("two");
        Object inTwo = here();
        assertNotSame(inOne, inTwo);
        Job second = launch(single, looking(inTwo));
        Hooks.leave(two);
        Job third = launch(single, looking(NOTHING));
        for (Job each : List.of(first, second, third)) await(each);
        Hooks.end(one, 0, null);
        Hooks.end(two, 0, null);
        assertEquals(30, heard.size());
    }

    /** Ten looks, between which the others have their turn. */
    private Suspending<CoroutineScope> looking(Object expected) {
        Suspending.Step<CoroutineScope> look = (scope, result, next) -> {
            assertSame(expected, here());
            hear();
            return YieldKt.yield(unit(next));
        };
        return Suspending.of(look, look, look, look, look, look, look, look, look, look);
    }

    // ---- ends

    @Test
    @Tag("traced-async")
    void cancelledAndTimedOut() throws Exception {
        Call scope = scope("cause");
        Object inside = here();
        Job hanging = launch(
                Dispatchers.getDefault(),
                Suspending.<CoroutineScope>of((coroutine, result, next) -> DelayKt.delay(60_000, unit(next)))
                        .lastly(this::hear));
        Job limited = launch(
                Dispatchers.getIO(),
                Suspending.of(
                        (coroutine, result, next) -> TimeoutKt.withTimeoutOrNull(
                                1,
                                Suspending.<CoroutineScope>of(
                                                (inner, nothing, then) -> DelayKt.delay(60_000, unit(then)))
                                        .lastly(this::hear)
                                        .<Object>typed(),
                                next),
                        (coroutine, result, next) -> hear()));
        Hooks.leave(scope);
        hanging.cancel(null);
        await(limited);
        CompletableFuture<Object> over = new CompletableFuture<>();
        hanging.invokeOnCompletion(thrown -> {
            over.complete(NOTHING);
            return Unit.INSTANCE;
        });
        over.get(20, TimeUnit.SECONDS);
        Hooks.end(scope, 0, null);
        assertHeard(inside);
    }

    // ---- blocking

    @Test
    @Tag("traced-sync")
    void runBlocking() throws Exception {
        Call scope = scope("cause");
        Object inside = here();
        BuildersKt.runBlocking(
                EmptyCoroutineContext.INSTANCE,
                Suspending.<CoroutineScope>of(
                                (coroutine, result, next) -> {
                                    launch(
                                            coroutine,
                                            EmptyCoroutineContext.INSTANCE,
                                            CoroutineStart.DEFAULT,
                                            pausing());
                                    return delay(unit(next));
                                },
                                (coroutine, result, next) -> in(Dispatchers.getIO(), pausing(), next),
                                (coroutine, result, next) -> hear())
                        .<Object>typed());
        assertSame(inside, here());
        Hooks.end(scope, 0, null);
        assertHeard(inside);
        assertEquals(5, heard.size());
    }

    /** The half of a call that is made with coroutines is still its inner half. */
    @Test
    @Tag("traced-sync")
    void callThatIsOpenIsLeftAlone() throws Exception {
        Call scope = scope("cause");
        String adapter = woven.adapter().name();
        Call call = Hooks.begin(
                new HttpFacts(CallFacts.Kind.HTTP_CLIENT, adapter, "GET", "http", "example", 80, "/", null) {});
        assertNotNull(call);
        BuildersKt.runBlocking(
                EmptyCoroutineContext.INSTANCE,
                Suspending.<CoroutineScope>of((coroutine, result, next) -> delay(unit(next)), (c, result, next) -> {
                            assertFalse(Hooks.follows(CallFacts.Kind.HTTP_CLIENT));
                            return hear();
                        })
                        .<Object>typed());
        assertFalse(Hooks.follows(CallFacts.Kind.HTTP_CLIENT));
        Hooks.end(call, 200, null);
        Hooks.end(scope, 0, null);
        assertEquals(1, heard.size());
    }

    /** Threads of the library are not those of whoever happens to need them first. */
    @Test
    @Tag("other")
    void threadsOfTheLibraryBelongToNobody() throws Exception {
        Call scope = scope("cause");
        Job job;
        try {
            job = launch(Dispatchers.getDefault(), pausing());
        } finally {
            Hooks.leave(scope);
        }
        await(job);
        Hooks.end(scope, 0, null);
        heard.clear();
        for (int i = 0; i < 32; i++) await(launch(Dispatchers.getDefault(), pausing()));
        assertHeard(NOTHING);
    }
}
