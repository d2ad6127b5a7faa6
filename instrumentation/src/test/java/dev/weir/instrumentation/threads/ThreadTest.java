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
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;
import sample.OwnThread;

/** New threads, platform and virtual, and the timer. */
class ThreadTest {

    @RegisterExtension
    final Woven woven = new Woven(new ThreadsInstrumentation());

    private final Object run = Contexts.named("run");
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private void look() {
        seen.add(String.valueOf(Hooks.capture()));
    }

    private void start(Thread thread) throws Exception {
        inside(run, () -> {
            thread.start();
            return null;
        });
        thread.join();
    }

    @Test
    void aThreadHasTheContextOfItsStart() throws Exception {
        Thread made = inside(Contexts.named("where it was made"), () -> new Thread(this::look));
        start(made);
        start(new Thread() {
            @Override
            public String toString() {
                return "a subclass that does not run";
            }
        });
        Thread without = new Thread(this::look);
        without.start();
        without.join();
        assertEquals(List.of("run", "null"), seen);
        assertThrows(IllegalThreadStateException.class, () -> start(made), "a second start");
    }

    @Test
    void aSubclassThatOverridesRun() throws Exception {
        start(new OwnThread(seen, this::look, true));
        start(new OwnThread(seen, this::look, false));
        assertEquals(List.of("own run", "run", "own run"), seen);
    }

    @Test
    void threadsOfTheAgentHaveNone() throws Exception {
        start(new Thread(this::look, "weir-something"));
        assertEquals(List.of("null"), seen);
    }

    @Test
    void inheritableThreadLocalsAreUntouched() throws Exception {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        local.set("inherited");
        start(new Thread(() -> seen.add(local.get() + " " + Hooks.capture())));
        assertEquals(List.of("inherited run"), seen);
    }

    @Test
    void aThreadThatThrows() throws Exception {
        Thread thread = new Thread(() -> {
            throw new IllegalStateException("in " + Hooks.capture());
        });
        thread.setUncaughtExceptionHandler((t, e) -> seen.add(e.getMessage() + ", then " + Hooks.capture()));
        start(thread);
        assertEquals(List.of("in run, then null"), seen);
    }

    @Test
    void runningAThreadObjectIsNoStart() throws Exception {
        Thread never = new Thread(this::look);
        never.run();
        inside(run, () -> {
            never.run();
            return null;
        });
        assertEquals(List.of("null", "run"), seen);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreads() throws Exception {
        Runnable look = this::look;
        Thread started = inside(run, () -> (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, look));
        started.join();
        Thread unstarted = inside(Contexts.named("where it was made"), () -> virtual(look));
        start(unstarted);
        assertEquals(List.of("run", "run"), seen);
        ExecutorService perTask = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        assertSame(
                run,
                inside(
                                run,
                                () -> perTask.submit(() -> {
                                    Thread.yield();
                                    new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS);
                                    return Hooks.capture();
                                }))
                        .get());
        inside(run, () -> {
            perTask.execute(look);
            return null;
        });
        perTask.shutdown();
        assertTrue(perTask.awaitTermination(20, TimeUnit.SECONDS));
        assertEquals(List.of("run", "run", "run"), seen);
        Thread without = (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, look);
        without.join();
        assertEquals("null", seen.get(3));
        assertThrows(IllegalThreadStateException.class, () -> start(unstarted));
    }

    private static Thread virtual(Runnable task) throws Exception {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (Thread) Class.forName("java.lang.Thread$Builder")
                .getMethod("unstarted", Runnable.class)
                .invoke(builder, task);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void theContextOfAVirtualThreadWaitsUntilItIsAskedFor() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch again = new CountDownLatch(1);
        Thread thread = virtual(() -> {
            started.countDown();
            try {
                again.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            look();
            look();
        });
        Object first = Contexts.named("first");
        inside(first, () -> {
            thread.start();
            return null;
        });
        assertTrue(started.await(20, TimeUnit.SECONDS));
        assertTrue(Hooks.inherits(thread));
        assertThrows(IllegalThreadStateException.class, () -> start(thread), "a second start");
        assertTrue(Hooks.inherits(thread), "the second start did not take it away");
        again.countDown();
        thread.join();
        assertEquals(List.of("first", "first"), seen);
        assertThrows(IllegalThreadStateException.class, () -> start(thread), "a start of what is over");
        assertFalse(Hooks.inherits(thread));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aVirtualThreadThatIsOverHasNoContext() throws Exception {
        Runnable thrower = () -> {
            throw new IllegalStateException("thrown");
        };
        Runnable asker = () -> {
            throw new IllegalStateException("in " + Hooks.capture());
        };
        for (Runnable task : List.of(thrower, asker)) {
            Thread thread = virtual(task);
            thread.setUncaughtExceptionHandler(
                    (t, e) -> seen.add(e.getMessage() + ", then " + Hooks.inherits(t) + " " + Hooks.capture()));
            start(thread);
        }
        assertEquals(List.of("thrown, then false null", "in run, then false null"), seen);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void moreVirtualThreadsThanThereIsRoomForHaveTheirContextAllTheSame() throws Exception {
        Object other = Contexts.named("other");
        List<Thread> waiting = new ArrayList<>();
        Thread next = virtual(this::look);
        try {
            while (Hooks.inherit(next, other)) {
                waiting.add(next);
                next = virtual(this::look);
            }
            start(next);
        } finally {
            waiting.forEach(Hooks::inherited);
        }
        assertEquals(List.of("run"), seen);
    }

    /**
     * Carriers and the virtual threads they carry look up contexts in one table. With locks there, every carrier soon
     * waited for a virtual thread that only a carrier could run.
     */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void manyVirtualThreadsDoNotStarveTheirCarriers() throws Exception {
        int threads = 200;
        int rounds = 1_000;
        Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        AtomicInteger inContext = new AtomicInteger();
        for (int round = 0; round < rounds; round++) {
            CountDownLatch done = new CountDownLatch(threads);
            Runnable task = () -> {
                if (Hooks.capture() == run) inContext.incrementAndGet();
                done.countDown();
            };
            inside(run, () -> {
                for (int i = 0; i < threads; i++) start.invoke(null, task);
                return null;
            });
            assertTrue(done.await(20, TimeUnit.SECONDS), done.getCount() + " threads wait in round " + round);
        }
        assertEquals(threads * rounds, inContext.get());
    }

    private final class Task extends TimerTask {
        private final CountDownLatch ran;

        Task(CountDownLatch ran) {
            this.ran = ran;
        }

        @Override
        public void run() {
            look();
            ran.countDown();
        }
    }

    @Test
    void timersCarryWhatRunsOnce() throws Exception {
        Timer timer = inside(run, () -> new Timer(true));
        CountDownLatch once = new CountDownLatch(2);
        inside(run, () -> {
            timer.schedule(new Task(once), 1);
            timer.schedule(new Task(once), new java.util.Date());
            return null;
        });
        assertTrue(once.await(20, TimeUnit.SECONDS));
        CountDownLatch again = new CountDownLatch(3);
        TimerTask cancelled = new Task(once);
        inside(run, () -> {
            timer.schedule(cancelled, 100_000);
            return cancelled.cancel();
        });
        inside(run, () -> {
            timer.schedule(new Task(again), 0, 1);
            return null;
        });
        assertTrue(again.await(20, TimeUnit.SECONDS));
        CountDownLatch last = new CountDownLatch(1);
        timer.schedule(new Task(last), 1);
        assertTrue(last.await(20, TimeUnit.SECONDS));
        timer.cancel();
        assertEquals(List.of("run", "run"), seen.subList(0, 2));
        assertEquals(
                List.of("null"),
                seen.subList(2, seen.size()).stream().distinct().toList());
        assertThrows(
                IllegalStateException.class,
                () -> inside(run, () -> {
                    timer.schedule(new Task(last), 1);
                    return null;
                }));
        assertNull(Hooks.capture());
    }
}
