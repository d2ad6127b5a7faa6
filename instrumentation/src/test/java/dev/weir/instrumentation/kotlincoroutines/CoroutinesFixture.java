package dev.weir.instrumentation.kotlincoroutines;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Suspending;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.DelayKt;
import kotlinx.coroutines.ExecutorsKt;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.Job;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Coroutines as the Kotlin compiler makes them, written in Java. */
abstract class CoroutinesFixture {

    static final String NOTHING = "nothing";

    @RegisterExtension
    final Woven woven = new Woven(new KotlinCoroutinesInstrumentation(), new ThreadsInstrumentation());

    /** A thread that no run has started, as an event loop is one. */
    final ExecutorService foreign = Executors.newSingleThreadExecutor();

    final ExecutorService pool = Executors.newFixedThreadPool(2);
    final CoroutineContext ofPool = ExecutorsKt.from(pool);
    final List<Object> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (ExecutorService each : List.of(foreign, pool)) {
            each.shutdown();
            assertTrue(each.awaitTermination(20, TimeUnit.SECONDS));
        }
    }

    static Object here() {
        Object context = Hooks.capture();
        return context == null ? NOTHING : context;
    }

    Object hear() {
        heard.add(here());
        return Unit.INSTANCE;
    }

    Call scope(String name) {
        Call scope =
                Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, woven.adapter().name(), name) {});
        assertNotNull(scope);
        return scope;
    }

    static Job launch(CoroutineContext dispatcher, Suspending<CoroutineScope> body) {
        return launch(GlobalScope.INSTANCE, dispatcher, CoroutineStart.DEFAULT, body);
    }

    static Job launch(
            CoroutineScope scope, CoroutineContext dispatcher, CoroutineStart start, Suspending<CoroutineScope> body) {
        return BuildersKt.launch(scope, dispatcher, start, body.typed());
    }

    static void await(Job job) throws Exception {
        CompletableFuture<Object> over = new CompletableFuture<>();
        job.invokeOnCompletion(thrown -> {
            if (thrown == null) over.complete(NOTHING);
            else over.completeExceptionally(thrown);
            return Unit.INSTANCE;
        });
        over.get(20, TimeUnit.SECONDS);
    }

    interface Start {

        Job run() throws Exception;
    }

    /** Started inside a scope and left alone, a coroutine hears that scope each time; outside, nothing. */
    void assertCarried(Start start) throws Exception {
        heard.clear();
        Call scope = scope("cause");
        Object inside = here();
        Job job;
        try {
            job = start.run();
        } finally {
            Hooks.leave(scope);
        }
        await(job);
        Hooks.end(scope, 0, null);
        assertHeard(inside);
        heard.clear();
        await(start.run());
        assertHeard(NOTHING);
    }

    void assertHeard(Object each) {
        assertFalse(heard.isEmpty());
        for (Object context : heard) assertSame(each, context, heard::toString);
    }

    static Object delay(Continuation<? super Unit> next) {
        return DelayKt.delay(1, next);
    }

    static Object in(CoroutineContext context, Suspending<CoroutineScope> body, Continuation<Object> next) {
        return BuildersKt.withContext(context, body.<Object>typed(), next);
    }

    /** A part of a coroutine that suspends. */
    Suspending<CoroutineScope> pausing() {
        return Suspending.of(
                (scope, result, next) -> {
                    hear();
                    return delay(unit(next));
                },
                (scope, result, next) -> hear());
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static Continuation<? super Unit> unit(Continuation<Object> next) {
        return (Continuation) next;
    }
}
