package dev.weir.instrumentation.reactor;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A {@code boundedElastic} that starts a virtual thread for each task. */
@EnabledForJreRange(min = JRE.JAVA_21)
class ReactorVirtualThreadTest {

    private static final String NOTHING = "nothing";

    @RegisterExtension
    final Woven woven = new Woven(new ReactorInstrumentation(), new ThreadsInstrumentation());

    // One at a time: the second task waits for the end of the first, which starts its thread.
    private Scheduler scheduler;

    @BeforeEach
    void start() throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        ThreadFactory virtual = (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
        scheduler = new Schedulers.Factory() {}.newThreadPerTaskBoundedElastic(1, 100, virtual);
        scheduler.init();
    }

    @AfterEach
    void stop() {
        scheduler.dispose();
    }

    private static Object here() {
        Object context = Hooks.capture();
        return context == null ? NOTHING : context;
    }

    private static boolean isVirtual() throws ReflectiveOperationException {
        return (Boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
    }

    private Call scope() {
        Call scope =
                Hooks.begin(new ScopeFacts(CallFacts.Kind.TOOL, woven.adapter().name(), "cause") {});
        assertNotNull(scope);
        return scope;
    }

    @Test
    @Tag("traced-async")
    void eachTaskHasTheContextOfWhoScheduledIt() throws Exception {
        CountDownLatch queued = new CountDownLatch(1);
        Call first = scope();
        Object insideFirst = here();
        CompletableFuture<Object> inFirst = Mono.fromCallable(() -> {
                    assertTrue(isVirtual());
                    assertTrue(queued.await(20, TimeUnit.SECONDS));
                    return here();
                })
                .subscribeOn(scheduler)
                .toFuture();
        Hooks.leave(first);
        CompletableFuture<Object> outside = Mono.fromCallable(ReactorVirtualThreadTest::here)
                .subscribeOn(scheduler)
                .toFuture();
        Call second = scope();
        Object insideSecond = here();
        CompletableFuture<Object> inSecond = Mono.fromCallable(ReactorVirtualThreadTest::here)
                .subscribeOn(scheduler)
                .toFuture();
        Hooks.leave(second);
        queued.countDown();
        assertSame(insideFirst, inFirst.get(20, TimeUnit.SECONDS));
        assertSame(NOTHING, outside.get(20, TimeUnit.SECONDS));
        assertSame(insideSecond, inSecond.get(20, TimeUnit.SECONDS));
        Hooks.end(second, 0, null);
        Hooks.end(first, 0, null);
    }
}
