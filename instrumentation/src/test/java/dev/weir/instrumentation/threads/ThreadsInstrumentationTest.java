package dev.weir.instrumentation.threads;

import static dev.weir.instrumentation.threads.Contexts.inside;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Executors: tasks have the context of whoever submitted them, and everything else is as it was. */
class ThreadsInstrumentationTest {

    @RegisterExtension
    final Woven woven = new Woven(new ThreadsInstrumentation());

    private final Object run = Contexts.named("run");
    private final Object other = Contexts.named("other");
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final List<ExecutorService> pools = new ArrayList<>();

    @AfterEach
    void close() throws InterruptedException {
        for (ExecutorService pool : pools) {
            pool.shutdownNow();
            assertTrue(pool.awaitTermination(20, TimeUnit.SECONDS));
        }
    }

    private <P extends ExecutorService> P pool(P pool) {
        pools.add(pool);
        return pool;
    }

    private ThreadPoolExecutor single(BlockingQueue<Runnable> queue) {
        return pool(new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, queue));
    }

    /** Sees the context, and says so. */
    private Runnable look() {
        return () -> seen.add(String.valueOf(Hooks.capture()));
    }

    /** Keeps the pool's only thread busy until the latch is open. */
    private CountDownLatch busy(ExecutorService pool) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        pool.execute(() -> {
            started.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        started.await();
        return release;
    }

    private static void quiet(ExecutorService pool) throws Exception {
        pool.submit(() -> {}).get(20, TimeUnit.SECONDS);
    }

    @Test
    void everyFormOfSubmission() throws Exception {
        ExecutorService pool = pool(Executors.newFixedThreadPool(1));
        Callable<Object> call = Hooks::capture;
        assertSame(run, inside(run, () -> pool.submit(call)).get());
        inside(run, () -> pool.submit(look())).get();
        inside(run, () -> pool.submit(look(), "result")).get();
        inside(run, () -> pool.invokeAll(List.of(call, call))).forEach(future -> {
            try {
                seen.add(String.valueOf(future.get()));
            } catch (InterruptedException | ExecutionException e) {
                throw new AssertionError(e);
            }
        });
        seen.add(String.valueOf(inside(run, () -> pool.invokeAny(List.of(call)))));
        ExecutorCompletionService<Object> completion = new ExecutorCompletionService<>(pool);
        inside(run, () -> completion.submit(call));
        seen.add(String.valueOf(completion.take().get()));
        inside(run, () -> {
            pool.execute(look());
            return null;
        });
        quiet(pool);
        assertEquals(List.of("run", "run", "run", "run", "run", "run", "run"), seen);
        assertNull(pool.submit(call).get(), "nothing stays behind");
    }

    @Test
    void theFirstTaskOfAWorkerAndTheQueuedOnesEachHaveTheirOwn() throws Exception {
        ExecutorService pool = single(new LinkedBlockingQueue<>());
        for (Object context : new Object[] {run, other, null, run, null}) {
            inside(context, () -> {
                pool.execute(look());
                return null;
            });
        }
        quiet(pool);
        assertEquals(List.of("run", "other", "null", "run", "null"), seen);
    }

    @Test
    void aWorkerStartedInARunDoesNotKeepIt() throws Exception {
        List<Object> atCreation = new CopyOnWriteArrayList<>();
        List<Thread> threads = new CopyOnWriteArrayList<>();
        ThreadPoolExecutor pool =
                pool(new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    atCreation.add(String.valueOf(Hooks.capture()));
                    threads.add(new Thread(() -> {
                        seen.add("thread " + Hooks.capture());
                        task.run();
                        seen.add("thread " + Hooks.capture());
                    }));
                    return threads.get(threads.size() - 1);
                }));
        inside(run, pool::prestartCoreThread);
        inside(run, () -> {
            pool.execute(look());
            pool.execute(look());
            return null;
        });
        pool.shutdown();
        for (Thread thread : threads) thread.join();
        assertEquals(List.of("null", "null"), atCreation);
        assertEquals(2, seen.stream().filter("run"::equals).count());
        assertEquals(4, seen.stream().filter("thread null"::equals).count());
    }

    @Test
    void aTaskThatThrowsLeavesNothingBehind() throws Exception {
        List<String> uncaught = new CopyOnWriteArrayList<>();
        List<Thread> threads = new CopyOnWriteArrayList<>();
        ThreadPoolExecutor pool =
                pool(new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task);
                    threads.add(thread);
                    thread.setUncaughtExceptionHandler((t, e) -> uncaught.add(e.getMessage() + " " + Hooks.capture()));
                    return thread;
                }));
        for (int i = 0; i < 3; i++) {
            inside(run, () -> {
                pool.execute(() -> {
                    throw new IllegalStateException("thrown in " + Hooks.capture());
                });
                return null;
            });
        }
        // A worker that replaces one that died may begin with a later task: their order says nothing.
        pool.execute(look());
        pool.shutdown();
        assertTrue(pool.awaitTermination(20, TimeUnit.SECONDS));
        // A pool has terminated before the last of its threads has said what it died of.
        for (Thread thread : threads) thread.join();
        assertEquals(List.of("null"), seen);
        assertEquals(List.of("thrown in run null", "thrown in run null", "thrown in run null"), uncaught);
        Future<Object> failed = inside(
                run,
                () -> pool(Executors.newCachedThreadPool()).submit((Callable<Object>) () -> {
                    throw new java.io.IOException("checked");
                }));
        assertEquals(
                "checked",
                assertThrows(ExecutionException.class, failed::get).getCause().getMessage());
    }

    @Test
    void theApplicationFindsItsOwnTasks() throws Exception {
        List<Runnable> around = new CopyOnWriteArrayList<>();
        ThreadPoolExecutor pool = pool(new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
            @Override
            protected void beforeExecute(Thread thread, Runnable task) {
                around.add(task);
                seen.add("before " + Hooks.capture());
            }

            @Override
            protected void afterExecute(Runnable task, Throwable thrown) {
                around.add(task);
                seen.add("after " + Hooks.capture());
            }
        });
        Runnable first = look();
        Runnable second = look();
        Runnable removed = look();
        Runnable left = look();
        CountDownLatch release = busy(pool);
        inside(run, () -> {
            for (Runnable task : List.of(first, second, removed, left)) pool.execute(task);
            return null;
        });
        assertEquals(List.of(first, second, removed, left), List.copyOf(pool.getQueue()));
        assertTrue(pool.getQueue().contains(first));
        assertTrue(pool.remove(removed));
        assertFalse(pool.remove(removed));
        release.countDown();
        while (around.size() < 8) Thread.onSpinWait();
        assertEquals(List.of(first, first, second, second), around.subList(2, 6));
        assertEquals(List.of("before null", "after null", "before run", "run", "after run"), seen.subList(0, 5));

        CountDownLatch busyAgain = busy(pool);
        inside(run, () -> {
            pool.execute(first);
            pool.execute(second);
            return null;
        });
        assertEquals(List.of(first, second), pool.shutdownNow());
        busyAgain.countDown();
        assertTrue(pool.awaitTermination(20, TimeUnit.SECONDS));
    }

    @Test
    void theFirstTaskIsSeenAsItself() throws Exception {
        List<Runnable> around = new CopyOnWriteArrayList<>();
        ThreadPoolExecutor pool = pool(new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>()) {
            @Override
            protected void beforeExecute(Thread thread, Runnable task) {
                around.add(task);
                seen.add(String.valueOf(Hooks.capture()));
            }
        });
        Runnable task = look();
        inside(run, () -> {
            pool.execute(task);
            return null;
        });
        pool.shutdown();
        assertTrue(pool.awaitTermination(20, TimeUnit.SECONDS));
        assertSame(task, around.get(0));
        assertEquals(List.of("run", "run"), seen);
    }

    @Test
    void oneTaskQueuedManyTimesKeepsEachContext() throws Exception {
        ThreadPoolExecutor pool = single(new ArrayBlockingQueue<>(10));
        Runnable shared = look();
        CountDownLatch release = busy(pool);
        for (Object context : new Object[] {run, other, null, run}) {
            inside(context, () -> {
                pool.execute(shared);
                return null;
            });
        }
        release.countDown();
        quiet(pool);
        assertEquals(List.of("run", "other", "null", "run"), seen);

        CountDownLatch again = busy(pool);
        for (Object context : new Object[] {run, other}) {
            inside(context, () -> {
                pool.execute(shared);
                return null;
            });
        }
        assertTrue(pool.remove(shared));
        assertTrue(pool.remove(shared));
        assertFalse(pool.remove(shared));
        for (Object context : new Object[] {run, other}) {
            inside(context, () -> {
                pool.execute(shared);
                return null;
            });
        }
        assertEquals(List.of(shared, shared), pool.shutdownNow());
        again.countDown();
    }

    @Test
    void rejectedTasksAreHandedBackAsTheyAre() throws Exception {
        List<Runnable> rejected = new ArrayList<>();
        ThreadPoolExecutor pool = pool(new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new SynchronousQueue<>(), (task, from) -> rejected.add(task)));
        CountDownLatch release = busy(pool);
        Runnable task = look();
        inside(run, () -> {
            pool.execute(task);
            pool.execute(task);
            return null;
        });
        assertEquals(List.of(task, task), rejected);
        pool.setRejectedExecutionHandler(new ThreadPoolExecutor.CallerRunsPolicy());
        inside(other, () -> {
            pool.execute(task);
            return null;
        });
        assertEquals(List.of("other"), seen);
        pool.setRejectedExecutionHandler(new ThreadPoolExecutor.AbortPolicy());
        RejectedExecutionException thrown = assertThrows(
                RejectedExecutionException.class,
                () -> inside(run, () -> {
                    pool.execute(task);
                    return null;
                }));
        assertTrue(thrown.getMessage().contains(task.toString()), thrown.getMessage());
        assertThrows(
                NullPointerException.class,
                () -> inside(run, () -> {
                    pool.execute(null);
                    return null;
                }));
        assertThrows(NullPointerException.class, () -> inside(run, () -> pool.submit((Runnable) null)));
        release.countDown();
        quietly(pool);
    }

    private static void quietly(ThreadPoolExecutor pool) throws InterruptedException {
        pool.shutdown();
        assertTrue(pool.awaitTermination(20, TimeUnit.SECONDS));
    }

    @Test
    void aPriorityQueueComparesTheApplicationsTasks() throws Exception {
        record Ordered(int rank, Runnable task) implements Runnable {
            @Override
            public void run() {
                task.run();
            }
        }
        ThreadPoolExecutor pool =
                single(new PriorityBlockingQueue<>(10, Comparator.comparingInt(task -> ((Ordered) task).rank())));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        pool.execute(new Ordered(0, () -> {
            started.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        started.await();
        Ordered twice = new Ordered(2, look());
        inside(run, () -> {
            pool.execute(new Ordered(3, () -> seen.add("last " + Hooks.capture())));
            pool.execute(twice);
            pool.execute(new Ordered(1, () -> seen.add("first " + Hooks.capture())));
            return null;
        });
        inside(other, () -> {
            pool.execute(twice);
            return null;
        });
        release.countDown();
        quietly(pool);
        assertEquals("first run", seen.get(0));
        assertEquals("last run", seen.get(3));
        assertEquals(4, seen.size(), "no wrapper that is not comparable");
    }

    @Test
    void aFutureTaskPrintsTheApplicationsTask() throws Exception {
        Callable<Object> call = new Callable<>() {
            @Override
            public Object call() {
                return Hooks.capture();
            }

            @Override
            public String toString() {
                return "my call";
            }
        };
        FutureTask<Object> task = inside(run, () -> new FutureTask<>(call));
        assertTrue(task.toString().endsWith("[Not completed, task = my call]"), task.toString());
        task.run();
        assertSame(run, task.get(), "the context in which it was made");
    }

    @Test
    void cancellationAndInterruptsReachTheTask() throws Exception {
        ExecutorService pool = pool(Executors.newFixedThreadPool(1));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Future<?> future = inside(
                run,
                () -> pool.submit(() -> {
                    started.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                }));
        started.await();
        assertTrue(future.cancel(true));
        assertTrue(interrupted.await(20, TimeUnit.SECONDS));
        assertThrows(CancellationException.class, future::get);
        assertNull(pool.submit(Hooks::capture).get());
    }

    @Test
    void tasksSubmitTasks() throws Exception {
        ExecutorService outer = pool(Executors.newFixedThreadPool(1));
        ExecutorService inner = pool(Executors.newFixedThreadPool(1));
        Future<Future<Object>> future = inside(run, () -> outer.submit(() -> inner.submit(() -> Hooks.capture())));
        assertSame(run, future.get().get());
        assertNull(outer.submit(Hooks::capture).get());
        assertNull(inner.submit(Hooks::capture).get());
    }

    @Test
    void oneShotSchedulesCarryAndPeriodicOnesDoNot() throws Exception {
        ScheduledExecutorService pool = pool(Executors.newScheduledThreadPool(1));
        assertSame(
                run,
                inside(run, () -> pool.schedule(Hooks::capture, 1, TimeUnit.MILLISECONDS))
                        .get());
        inside(run, () -> pool.schedule(look(), 1, TimeUnit.MILLISECONDS)).get();
        assertSame(run, inside(run, () -> pool.submit(() -> Hooks.capture())).get());
        inside(run, () -> {
            pool.execute(look());
            return null;
        });
        quiet(pool);
        assertEquals(List.of("run", "run"), seen);
        CountDownLatch thrice = new CountDownLatch(6);
        Runnable periodic = () -> {
            seen.add(String.valueOf(Hooks.capture()));
            thrice.countDown();
        };
        ScheduledFuture<?> rate = inside(run, () -> pool.scheduleAtFixedRate(periodic, 0, 1, TimeUnit.MILLISECONDS));
        ScheduledFuture<?> delay =
                inside(run, () -> pool.scheduleWithFixedDelay(periodic, 0, 1, TimeUnit.MILLISECONDS));
        assertTrue(thrice.await(20, TimeUnit.SECONDS));
        rate.cancel(false);
        delay.cancel(false);
        assertFalse(seen.subList(2, seen.size()).contains("run"), seen.toString());
        assertNull(pool.submit(Hooks::capture).get());
    }

    @Test
    void withoutAnAgentNothingHappens() throws Exception {
        Hooks.install(null);
        ExecutorService pool = pool(Executors.newFixedThreadPool(1));
        assertNull(pool.submit(Hooks::capture).get());
        Hooks.install(woven.agent());
        assertNull(pool.submit(Hooks::capture).get());
    }
}
