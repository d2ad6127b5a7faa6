package dev.weir.instrumentation.threads;

import static dev.weir.instrumentation.threads.Contexts.inside;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CountedCompleter;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.Future;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code ForkJoinPool}, its tasks, and parallel streams. */
class ForkJoinTest {

    @RegisterExtension
    final Woven woven = new Woven(new ThreadsInstrumentation());

    private final Object run = Contexts.named("run");
    private final Object other = Contexts.named("other");
    private final ForkJoinPool pool = new ForkJoinPool(4);

    @AfterEach
    void close() throws InterruptedException {
        pool.shutdownNow();
        assertTrue(pool.awaitTermination(20, TimeUnit.SECONDS));
    }

    /** Collects the contexts that its leaves and joins are in. */
    private static final class Tree extends RecursiveTask<Set<Object>> {
        private static final long serialVersionUID = 1;

        private final int depth;

        Tree(int depth) {
            this.depth = depth;
        }

        @Override
        protected Set<Object> compute() {
            Set<Object> seen = new HashSet<>();
            seen.add(String.valueOf(Hooks.capture()));
            if (depth == 0) return seen;
            Tree left = new Tree(depth - 1);
            Tree right = new Tree(depth - 1);
            left.fork();
            seen.addAll(right.compute());
            seen.addAll(left.join());
            seen.add(String.valueOf(Hooks.capture()));
            return seen;
        }
    }

    @Test
    void everyFormOfSubmission() throws Exception {
        Callable<Object> call = Hooks::capture;
        assertSame(run, inside(run, () -> pool.submit(call)).get());
        assertSame(run, inside(run, () -> ForkJoinTask.adapt(call)).invoke());
        assertEquals(Set.of("run"), inside(run, () -> pool.submit(new Tree(6))).get());
        assertEquals(Set.of("run"), inside(run, () -> pool.invoke(new Tree(6))));
        Tree executed = new Tree(6);
        inside(run, () -> {
            pool.execute(executed);
            return null;
        });
        assertEquals(Set.of("run"), executed.get());
        CountDownLatch done = new CountDownLatch(2);
        Set<Object> seen = Collections.synchronizedSet(new HashSet<>());
        Runnable look = () -> {
            seen.add(String.valueOf(Hooks.capture()));
            done.countDown();
        };
        inside(run, () -> {
            pool.execute(look);
            return pool.submit(look);
        });
        assertTrue(done.await(20, TimeUnit.SECONDS));
        assertEquals(Set.of("run"), seen);
        for (Future<Object> future : inside(run, () -> pool.invokeAll(List.of(call, call)))) {
            assertSame(run, future.get());
        }
        assertSame(run, inside(run, () -> pool.invokeAny(List.of(call))));
        assertNull(pool.submit(call).get());
        assertEquals(Set.of("null"), pool.invoke(new Tree(6)));
    }

    /** Completes when its children have; nobody joins them. */
    private static final class Count extends CountedCompleter<Void> {
        private static final long serialVersionUID = 1;

        private final int depth;
        private final Set<Object> seen;

        Count(Count parent, int depth, Set<Object> seen) {
            super(parent);
            this.depth = depth;
            this.seen = seen;
        }

        @Override
        public void compute() {
            seen.add("compute " + Hooks.capture());
            if (depth > 0) {
                addToPendingCount(2);
                new Count(this, depth - 1, seen).fork();
                new Count(this, depth - 1, seen).fork();
            }
            tryComplete();
        }

        @Override
        public void onCompletion(CountedCompleter<?> caller) {
            seen.add("completion " + Hooks.capture());
        }
    }

    @Test
    void completersAreInTheRunThatForkedThem() throws Exception {
        Set<Object> seen = Collections.synchronizedSet(new HashSet<>());
        inside(run, () -> pool.submit(new Count(null, 6, seen))).get(20, TimeUnit.SECONDS);
        assertEquals(Set.of("compute run", "completion run"), seen);
        seen.clear();
        pool.invoke(new Count(null, 6, seen));
        assertEquals(Set.of("compute null", "completion null"), seen);
    }

    @Test
    void runsDoNotMix() throws Exception {
        for (int i = 0; i < 200; i++) {
            Future<Set<Object>> one = inside(run, () -> pool.submit(new Tree(5)));
            Future<Set<Object>> two = inside(other, () -> pool.submit(new Tree(5)));
            assertEquals(Set.of("run"), one.get());
            assertEquals(Set.of("other"), two.get());
        }
    }

    @Test
    void aTaskThatIsUsedAgain() throws Exception {
        Tree tree = new Tree(0);
        assertEquals(Set.of("run"), inside(run, () -> pool.submit(tree)).get());
        tree.reinitialize();
        assertEquals(Set.of("other"), inside(other, () -> pool.submit(tree)).get());
        tree.reinitialize();
        assertEquals(Set.of("null"), pool.submit(tree).get());
        Tree unforked = new Tree(0);
        assertEquals(
                Set.of("other"),
                pool.submit(() -> {
                            inside(run, () -> unforked.fork());
                            return unforked.tryUnfork() ? inside(other, unforked::compute) : Set.of("other");
                        })
                        .get());
    }

    @Test
    void exceptionsPass() throws Exception {
        ForkJoinTask<?> failing = inside(
                run,
                () -> pool.submit(() -> {
                    throw new IllegalStateException("in " + Hooks.capture());
                }));
        Throwable thrown = assertThrows(RuntimeException.class, failing::join);
        while (thrown.getCause() != null) thrown = thrown.getCause();
        assertEquals("in run", thrown.getMessage());
    }

    @Test
    void parallelStreamsAndTheCommonPool() throws Exception {
        Set<Object> seen = Collections.synchronizedSet(new HashSet<>());
        for (int i = 0; i < 50; i++) {
            inside(run, () -> {
                IntStream.range(0, 2000).parallel().forEach(n -> seen.add(String.valueOf(Hooks.capture())));
                return IntStream.range(0, 2000).parallel().sum();
            });
        }
        assertEquals(Set.of("run"), seen);
        assertNull(ForkJoinPool.commonPool().submit(() -> Hooks.capture()).get());
    }

    @Test
    void workersDoNotInheritTheRunThatStartedThem() throws Exception {
        Set<Object> born = Collections.synchronizedSet(new HashSet<>());
        class Worker extends ForkJoinWorkerThread {
            Worker(ForkJoinPool pool) {
                super(pool);
            }

            @Override
            protected void onStart() {
                born.add("started " + Hooks.capture());
            }
        }
        ForkJoinPool own = new ForkJoinPool(
                4,
                pool -> {
                    born.add("made " + Hooks.capture());
                    return new Worker(pool);
                },
                null,
                false);
        try {
            assertEquals(
                    Set.of("run"), inside(run, () -> own.submit(new Tree(6))).get());
            assertEquals(Set.of("made null", "started null"), born);
            assertNull(own.submit(() -> Hooks.capture()).get());
        } finally {
            own.shutdownNow();
        }
    }

    @Test
    void schedulesOfNewerPools() throws Exception {
        Assumptions.assumeTrue((Object) pool instanceof ScheduledExecutorService, "since JDK 25");
        ScheduledExecutorService scheduler = (ScheduledExecutorService) (Object) pool;
        assertSame(
                run,
                inside(run, () -> scheduler.schedule(() -> Hooks.capture(), 1, TimeUnit.MILLISECONDS))
                        .get());
        Set<Object> seen = Collections.synchronizedSet(new HashSet<>());
        inside(run, () -> scheduler.schedule(() -> (Runnable) () -> {}, 1, TimeUnit.MILLISECONDS))
                .get();
        CountDownLatch thrice = new CountDownLatch(3);
        Future<?> periodic = inside(
                run,
                () -> scheduler.scheduleAtFixedRate(
                        () -> {
                            seen.add(String.valueOf(Hooks.capture()));
                            thrice.countDown();
                        },
                        0,
                        1,
                        TimeUnit.MILLISECONDS));
        assertTrue(thrice.await(20, TimeUnit.SECONDS));
        periodic.cancel(false);
        assertEquals(Set.of("null"), seen);
    }
}
