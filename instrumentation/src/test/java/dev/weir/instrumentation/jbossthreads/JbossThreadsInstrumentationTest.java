package dev.weir.instrumentation.jbossthreads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import dev.weir.instrumentation.testing.Woven;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jboss.threads.EnhancedQueueExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class JbossThreadsInstrumentationTest {

    @RegisterExtension
    final Woven woven = new Woven(new JbossThreadsInstrumentation());

    private final EnhancedQueueExecutor executor = new EnhancedQueueExecutor.Builder()
            .setCorePoolSize(1)
            .setMaximumPoolSize(1)
            .build();

    @AfterEach
    void stop() throws Exception {
        executor.shutdownNow();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        // It gives up at once where this thread was unparked before, by the result of a task for example.
        while (!executor.awaitTermination(1, TimeUnit.SECONDS)) assertTrue(System.nanoTime() < end, "still running");
    }

    private static Call run() {
        return Hooks.begin(new ScopeFacts(CallFacts.Kind.RUN, "jboss-threads", "run") {});
    }

    @Test
    @Tag("traced-async")
    void tasksRunInTheContextInWhichTheyWereHandedOver() throws Exception {
        Call run = run();
        Object own = Hooks.capture();
        assertNotNull(own);
        CompletableFuture<Object> executed = new CompletableFuture<>();
        executor.execute(() -> executed.complete(Hooks.capture()));
        assertSame(own, executed.get(20, TimeUnit.SECONDS));
        assertSame(own, executor.submit(Hooks::capture).get(20, TimeUnit.SECONDS));
        Hooks.end(run, 0, null);
        assertNull(executor.submit(Hooks::capture).get(20, TimeUnit.SECONDS), "nothing stays on the thread");
    }

    @Test
    @Tag("concurrent")
    void tasksThatWaitKeepTheirOwn() throws Exception {
        CompletableFuture<Void> go = new CompletableFuture<>();
        executor.execute(go::join);
        List<Object> contexts = new ArrayList<>();
        List<Future<Object>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Call run = run();
            contexts.add(Hooks.capture());
            results.add(executor.submit(Hooks::capture));
            Hooks.end(run, 0, null);
        }
        go.complete(null);
        for (int i = 0; i < 8; i++) assertSame(contexts.get(i), results.get(i).get(20, TimeUnit.SECONDS));
    }

    @Test
    @Tag("other")
    void whatATaskThrowsIsTheCallers() throws Exception {
        Call run = run();
        Future<Object> failed = executor.submit(() -> {
            throw new IllegalStateException("as the test wants it");
        });
        ExecutionException thrown = assertThrows(ExecutionException.class, () -> failed.get(20, TimeUnit.SECONDS));
        assertEquals(IllegalStateException.class, thrown.getCause().getClass());
        Hooks.end(run, 0, null);
    }
}
