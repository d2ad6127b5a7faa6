package dev.weir.instrumentation.threads;

import static dev.weir.instrumentation.threads.Contexts.inside;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every stage runs in the context in which it was registered. */
class CompletableFutureTest {

    @RegisterExtension
    final Woven woven = new Woven(new ThreadsInstrumentation());

    private final Object run = Contexts.named("run");
    private final Object other = Contexts.named("other");
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final ExecutorService pool = Executors.newFixedThreadPool(2);

    @AfterEach
    void close() throws InterruptedException {
        Contexts.close(pool);
    }

    private void look(String where) {
        seen.add(where + " " + Hooks.capture());
    }

    @Test
    void asyncWithAndWithoutAnExecutor() throws Exception {
        assertSame(
                run,
                inside(run, () -> CompletableFuture.supplyAsync(Hooks::capture)).get());
        assertSame(
                run,
                inside(run, () -> CompletableFuture.supplyAsync(Hooks::capture, pool))
                        .get());
        inside(run, () -> CompletableFuture.runAsync(() -> look("runAsync"))).get();
        inside(run, () -> CompletableFuture.runAsync(() -> look("runAsync"), pool))
                .get();
        inside(
                        run,
                        () -> new CompletableFuture<>().completeAsync(() -> {
                            look("completeAsync");
                            return 1;
                        }))
                .get();
        assertEquals(List.of("runAsync run", "runAsync run", "completeAsync run"), seen);
        assertNull(CompletableFuture.supplyAsync(Hooks::capture, pool).get());
    }

    /** Registers one stage of every kind. */
    private List<CompletableFuture<?>> stages(CompletableFuture<Integer> source, CompletableFuture<Integer> failed) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (Executor executor : new Executor[] {null, pool}) {
            boolean sync = executor == null;
            Function<Integer, Integer> apply = n -> {
                look("apply");
                return n;
            };
            all.add(sync ? source.thenApply(apply) : source.thenApplyAsync(apply, executor));
            all.add(
                    sync
                            ? source.thenAccept(n -> look("accept"))
                            : source.thenAcceptAsync(n -> look("accept"), executor));
            all.add(sync ? source.thenRun(() -> look("run")) : source.thenRunAsync(() -> look("run"), executor));
            all.add(
                    sync
                            ? source.whenComplete((n, e) -> look("when"))
                            : source.whenCompleteAsync((n, e) -> look("when"), executor));
            java.util.function.BiFunction<Integer, Throwable, Integer> handle = (n, e) -> {
                look("handle");
                return n;
            };
            all.add(sync ? source.handle(handle) : source.handleAsync(handle, executor));
            Function<Integer, CompletableFuture<Integer>> compose = n -> {
                look("compose");
                return CompletableFuture.completedFuture(n);
            };
            all.add(sync ? source.thenCompose(compose) : source.thenComposeAsync(compose, executor));
            Function<Throwable, Integer> exceptionally = e -> {
                look("exceptionally");
                return 0;
            };
            all.add(sync ? failed.exceptionally(exceptionally) : failed.exceptionallyAsync(exceptionally, executor));
            Function<Throwable, CompletableFuture<Integer>> recompose = e -> {
                look("exceptionallyCompose");
                return CompletableFuture.completedFuture(0);
            };
            all.add(
                    sync
                            ? failed.exceptionallyCompose(recompose)
                            : failed.exceptionallyComposeAsync(recompose, executor));
            java.util.function.BiFunction<Integer, Integer, Integer> combine = (a, b) -> {
                look("combine");
                return a;
            };
            all.add(sync ? source.thenCombine(source, combine) : source.thenCombineAsync(source, combine, executor));
            all.add(
                    sync
                            ? source.thenAcceptBoth(source, (a, b) -> look("acceptBoth"))
                            : source.thenAcceptBothAsync(source, (a, b) -> look("acceptBoth"), executor));
            all.add(
                    sync
                            ? source.runAfterBoth(source, () -> look("afterBoth"))
                            : source.runAfterBothAsync(source, () -> look("afterBoth"), executor));
            Function<Integer, Integer> either = n -> {
                look("either");
                return n;
            };
            all.add(sync ? source.applyToEither(source, either) : source.applyToEitherAsync(source, either, executor));
            all.add(
                    sync
                            ? source.acceptEither(source, n -> look("acceptEither"))
                            : source.acceptEitherAsync(source, n -> look("acceptEither"), executor));
            all.add(
                    sync
                            ? source.runAfterEither(source, () -> look("afterEither"))
                            : source.runAfterEitherAsync(source, () -> look("afterEither"), executor));
        }
        return all;
    }

    @Test
    void stagesRegisteredBeforeCompletion() throws Exception {
        CompletableFuture<Integer> source = new CompletableFuture<>();
        CompletableFuture<Integer> failed = new CompletableFuture<>();
        List<CompletableFuture<?>> all = inside(run, () -> stages(source, failed));
        inside(other, () -> source.complete(1));
        failed.completeExceptionally(new IllegalStateException());
        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(20, TimeUnit.SECONDS);
        assertEquals(28, seen.size(), seen.toString());
        assertTrue(seen.stream().allMatch(line -> line.endsWith(" run")), seen.toString());
        assertNull(Hooks.capture());
    }

    @Test
    void stagesRegisteredAfterCompletion() throws Exception {
        List<CompletableFuture<?>> all = inside(
                run,
                () -> stages(
                        CompletableFuture.completedFuture(1),
                        CompletableFuture.failedFuture(new IllegalStateException())));
        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(20, TimeUnit.SECONDS);
        assertEquals(28, seen.size(), seen.toString());
        assertTrue(seen.stream().allMatch(line -> line.endsWith(" run")), seen.toString());
    }

    @Test
    void eachStageHasItsOwnContext() throws Exception {
        CompletableFuture<Integer> source = new CompletableFuture<>();
        CompletableFuture<Integer> first = inside(
                run,
                () -> source.thenApply(n -> {
                    look("first");
                    return n;
                }));
        CompletableFuture<Void> second = inside(other, () -> first.thenAccept(n -> look("second")));
        source.complete(1);
        second.get();
        assertEquals(List.of("first run", "second other"), seen);
    }

    @Test
    void exceptionsPassUnchanged() throws Exception {
        IllegalStateException cause = new IllegalStateException();
        CompletableFuture<Object> failing = inside(
                run,
                () -> CompletableFuture.supplyAsync(
                        () -> {
                            throw cause;
                        },
                        pool));
        assertSame(cause, assertThrows(CompletionException.class, failing::join).getCause());
    }

    @Test
    void delaysAndTimeouts() throws Exception {
        assertSame(
                run,
                inside(
                                run,
                                () -> CompletableFuture.supplyAsync(
                                        Hooks::capture,
                                        CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS, pool)))
                        .get());
        inside(run, () -> {
            CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS).execute(() -> look("delayed"));
            return null;
        });
        CompletableFuture<Void> never = new CompletableFuture<>();
        CompletableFuture<Void> seenTimeout = inside(
                run,
                () -> never.orTimeout(1, TimeUnit.MILLISECONDS).whenComplete((v, e) -> {
                    assertTrue(e instanceof TimeoutException);
                    look("timeout");
                }));
        assertThrows(Exception.class, seenTimeout::get);
        while (seen.size() < 2) Thread.onSpinWait();
        assertEquals(
                List.of("delayed run", "timeout run"), seen.stream().sorted().toList());
        assertEquals(
                7,
                inside(run, () -> new CompletableFuture<Integer>().completeOnTimeout(7, 1, TimeUnit.MILLISECONDS))
                        .get());
        assertNull(CompletableFuture.supplyAsync(
                        Hooks::capture, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS, pool))
                .get());
    }

    /** Stages of the client's own have no context, but for those that the application's handlers run below. */
    @Test
    void theHttpClientCallsTheApplicationInItsContext() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        WireServer.Script challengesThenBreaksOffThenAnswers = (request, answer) -> {
            int number = requests.incrementAndGet();
            if (number == 1) answer.reply("401 Unauthorized", "", "WWW-Authenticate: Basic realm=\"test\"");
            else if (number == 2) answer.breakOff();
            else answer.reply("200 OK", "x".repeat(100_000));
        };
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .cookieHandler(new CookieHandler() {
                    @Override
                    public Map<String, List<String>> get(URI to, Map<String, List<String>> headers) {
                        look("cookies sent");
                        return Map.of();
                    }

                    @Override
                    public void put(URI from, Map<String, List<String>> headers) {
                        look("cookies kept");
                    }
                })
                .authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        look("password");
                        return new PasswordAuthentication("me", new char[0]);
                    }
                })
                .build();
        HttpResponse.BodyHandler<Void> handler = head -> {
            look("body");
            return HttpResponse.BodySubscribers.discarding();
        };
        try (WireServer server = new WireServer(challengesThenBreaksOffThenAnswers)) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(server.url("/"))).build();
            inside(run, () -> client.send(request, handler));
            assertEquals(
                    List.of(
                            "cookies sent run",
                            "cookies kept run",
                            "password run",
                            "cookies sent run",
                            "cookies kept run",
                            "body run"),
                    seen);
            assertEquals(3, requests.get(), "one is repeated");
            seen.clear();
            inside(run, () -> client.sendAsync(request, handler).thenRun(() -> look("stage")))
                    .get();
            assertEquals(List.of("cookies sent run", "cookies kept run", "body run", "stage run"), seen);
        }
    }
}
