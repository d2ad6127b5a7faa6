package dev.weir.instrumentation.threads;

import static dev.weir.instrumentation.threads.Contexts.inside;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.sample.Housekeeper;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A run that is over is over: no thread, no table and no timer holds it, however long they live. */
class LeakTest {

    @RegisterExtension
    final Woven woven = new Woven(new ThreadsInstrumentation());

    @BeforeEach
    void followNothing() {
        // Other adapters may be woven here as well, and the recording remembers in which context a call began.
        woven.agent().ignore(facts -> true);
    }

    private static int inFlight() throws ReflectiveOperationException {
        // The state is that of the copy on the boot loader.
        var size = Class.forName(InFlight.class.getName(), false, null).getDeclaredMethod("size");
        size.setAccessible(true);
        return (int) size.invoke(null);
    }

    /** The next tasks with a context clear away what is left of those that were dropped. */
    private static void awaitGone(List<WeakReference<Object>> runs) throws Exception {
        Object next = Contexts.named("next");
        for (int i = 0; i < 200 && runs.stream().anyMatch(run -> run.get() != null); i++) {
            System.gc();
            for (int added = 0; added < 4; added++) {
                Thread thread = new Thread(() -> {});
                inside(next, () -> {
                    thread.start();
                    return null;
                });
                thread.join();
            }
        }
        assertEquals(
                List.of(),
                runs.stream().map(Reference::get).filter(Objects::nonNull).toList());
    }

    @Test
    void whatLastsLongerThanTheRunDoesNotKeepIt() throws Exception {
        List<WeakReference<Object>> runs = new ArrayList<>();
        List<Object> lasting = new ArrayList<>();
        CountDownLatch ticks = new CountDownLatch(20);
        for (int i = 0; i < 5; i++) {
            Object run = Contexts.named("run " + i);
            runs.add(new WeakReference<>(run));
            lasting.addAll(inside(run, () -> start(ticks)));
        }
        assertTrue(ticks.await(20, TimeUnit.SECONDS));
        awaitGone(runs);
        for (Object one : lasting) {
            if (one instanceof Timer timer) timer.cancel();
            if (one instanceof ExecutorService executor) executor.shutdownNow();
        }
    }

    /** Starts one of everything that lasts, uses it once, and leaves it behind. */
    private static List<Object> start(CountDownLatch ticks) throws Exception {
        ExecutorService fixed = Executors.newFixedThreadPool(2);
        fixed.submit(() -> {}).get();
        CountDownLatch executed = new CountDownLatch(2);
        fixed.execute(executed::countDown);
        fixed.execute(executed::countDown);
        executed.await();
        ScheduledExecutorService scheduled = Executors.newScheduledThreadPool(1);
        scheduled.scheduleAtFixedRate(ticks::countDown, 0, 1, TimeUnit.MILLISECONDS);
        scheduled.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get();
        scheduled.schedule(() -> {}, 1, TimeUnit.HOURS).cancel(false);
        ForkJoinPool forkJoin = new ForkJoinPool(2);
        forkJoin.submit(() -> IntStream.range(0, 100).parallel().sum()).get();
        Timer timer = new Timer(true);
        CountDownLatch fired = new CountDownLatch(1);
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        fired.countDown();
                    }
                },
                1);
        TimerTask cancelled = new TimerTask() {
            @Override
            public void run() {}
        };
        timer.schedule(cancelled, 3_600_000);
        cancelled.cancel();
        fired.await();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        HttpClient client = HttpClient.newHttpClient();
        client.sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                                        + server.getAddress().getPort()))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .get();
        server.stop(0);
        CompletableFuture.supplyAsync(() -> 1)
                .orTimeout(1, TimeUnit.HOURS)
                .thenApply(n -> n)
                .get();
        CompletableFuture<Void> deadline = new CompletableFuture<>();
        DeadlineTimer.after(0, () -> deadline.complete(null));
        deadline.get();
        Thread thread = new Thread(() -> {});
        thread.start();
        thread.join();
        return List.of(fixed, scheduled, forkJoin, timer, client, thread);
    }

    @Test
    void housekeepingBelongsToNoRun() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        ScheduledExecutorService scheduled = Executors.newScheduledThreadPool(1);
        Housekeeper housekeeper = new Housekeeper(seen);
        inside(Contexts.named("run"), () -> {
            housekeeper.start().join();
            housekeeper.schedule(scheduled);
            scheduled.execute(housekeeper);
            return scheduled.submit(housekeeper);
        });
        scheduled.shutdown();
        assertTrue(scheduled.awaitTermination(20, TimeUnit.SECONDS));
        assertEquals(List.of("housekeeping null"), seen.stream().distinct().toList());
        assertEquals(4, seen.size());
    }

    @Test
    void deadlinesOfTheAgentBelongToNoRun() throws Exception {
        CompletableFuture<Object> seen = new CompletableFuture<>();
        inside(
                Contexts.named("run"),
                () -> DeadlineTimer.after(1, () -> seen.complete(String.valueOf(Hooks.capture()))));
        assertEquals("null", seen.get());
    }

    @Test
    void tasksThatAreDroppedTakeTheirContextAlong() throws Exception {
        int before = inFlight();
        List<WeakReference<Object>> runs = new ArrayList<>();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        pool.execute(() -> {
            busy.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        busy.await();
        for (int i = 0; i < 5000; i++) {
            Object run = Contexts.named("dropped " + i);
            runs.add(new WeakReference<>(run));
            Object[] own = {i};
            inside(run, () -> {
                pool.execute(() -> Objects.hash(own));
                return null;
            });
        }
        assertTrue(inFlight() >= 5000);
        // Behind everyone's back.
        pool.getQueue().clear();
        awaitGone(runs);
        Object run = Contexts.named("last");
        inside(run, () -> {
            pool.execute(() -> Objects.hash(run));
            return null;
        });
        release.countDown();
        pool.shutdown();
        assertTrue(pool.awaitTermination(20, TimeUnit.SECONDS));
        assertTrue(inFlight() <= before, "the table has not been cleared: " + inFlight());
    }

    @Test
    void underStressEveryTaskSeesItsOwnRunAndNothingStays() throws Exception {
        int before = inFlight();
        ExecutorService fixed = Executors.newFixedThreadPool(3);
        ExecutorService cached = Executors.newCachedThreadPool();
        ScheduledExecutorService scheduled = Executors.newScheduledThreadPool(2);
        ForkJoinPool forkJoin = new ForkJoinPool(3);
        Map<String, AtomicInteger> wrong = new ConcurrentHashMap<>();
        AtomicInteger done = new AtomicInteger();
        List<WeakReference<Object>> runs = new ArrayList<>();
        List<Future<?>> futures = new CopyOnWriteArrayList<>();
        List<Thread> agents = new ArrayList<>();
        for (int a = 0; a < 4; a++) {
            Random random = new Random(a);
            Thread agent = new Thread(() -> {
                for (int i = 0; i < 500; i++) {
                    Object run = random.nextInt(4) == 0 ? null : Contexts.named("run " + i);
                    if (run != null) {
                        synchronized (runs) {
                            runs.add(new WeakReference<>(run));
                        }
                    }
                    int which = random.nextInt(8);
                    CompletableFuture<Void> finished = new CompletableFuture<>();
                    Runnable task = () -> {
                        if (Hooks.capture() != run) {
                            wrong.computeIfAbsent("form " + which, absent -> new AtomicInteger())
                                    .incrementAndGet();
                        }
                        done.incrementAndGet();
                        finished.complete(null);
                        if (i(which) == 7) throw new IllegalStateException("thrown on purpose");
                    };
                    futures.add(finished);
                    Callable<Object> submit = () -> {
                        switch (which) {
                            case 0 -> fixed.submit(task);
                            case 1 -> fixed.execute(task);
                            case 2 -> cached.execute(task);
                            case 3 -> forkJoin.execute(task);
                            case 4 -> forkJoin.submit(task);
                            case 5 -> CompletableFuture.completedFuture(1).thenRunAsync(task, fixed);
                            case 6 -> scheduled.schedule(task, 1, TimeUnit.MILLISECONDS);
                            default -> forkJoin.submit(task);
                        }
                        return null;
                    };
                    try {
                        inside(run, submit);
                    } catch (Exception e) {
                        wrong.computeIfAbsent(e.toString(), absent -> new AtomicInteger())
                                .incrementAndGet();
                    }
                }
            });
            agents.add(agent);
            agent.start();
        }
        for (Thread agent : agents) agent.join();
        for (Future<?> future : futures) future.get(20, TimeUnit.SECONDS);
        assertEquals(Map.of(), wrong);
        assertEquals(2000, done.get());
        for (ExecutorService executor : List.of(fixed, cached, scheduled, forkJoin)) {
            for (int i = 0; i < 6; i++)
                assertNull(executor.submit(() -> Hooks.capture()).get());
        }
        futures.clear();
        awaitGone(runs);
        for (ExecutorService executor : List.of(fixed, cached, scheduled, forkJoin)) executor.shutdownNow();
        assertTrue(inFlight() <= before + 1, "left in flight: " + inFlight());
    }

    private static int i(int value) {
        return value;
    }
}
