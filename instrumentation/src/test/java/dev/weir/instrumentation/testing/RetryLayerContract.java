package dev.weir.instrumentation.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.ScopeFacts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the adapter of every layer that retries has to do: each try is a scope, the tries of one logical call know of each
 * other, and nothing that the application sees changes.
 *
 * <p>A layer's test class says how an application uses it, with three tries and as little waiting as the layer allows.
 */
@Timeout(120)
public abstract class RetryLayerContract {

    /** What fails in these tests; every layer is set up to retry it. */
    public static final class Unlucky extends RuntimeException {

        private static final long serialVersionUID = 1;

        public Unlucky(int number) {
            super("try " + number);
        }
    }

    // ---- how an application uses this layer

    /** The adapter, registered as an extension by the test class. */
    protected abstract Woven woven();

    /** Calls with up to three tries, and throws what the layer throws in the end. */
    protected abstract String call(Callable<String> action) throws Exception;

    /** Calls with up to three tries, asynchronously. */
    protected CompletionStage<String> callAsync(Supplier<CompletionStage<String>> action) throws Exception {
        throw new AssertionError("there is no such form");
    }

    /** Calls with up to three tries, which go on as long as the result is {@code bad}. */
    protected String callUntilGood(Callable<String> action) throws Exception {
        throw new AssertionError("results are not retried");
    }

    /** What the adapter is to call this layer. */
    protected abstract String layer();

    protected boolean hasBlockingForm() {
        return true;
    }

    protected boolean hasAsynchronousForm() {
        return true;
    }

    protected boolean retriesResults() {
        return true;
    }

    /** Whether each try is told of the one before; else they have their identity in common. */
    protected boolean knowsPreviousTry() {
        return true;
    }

    /** Whether anything says that a logical call is over; else it is forgotten some calls later. */
    protected boolean forgetsAtOnce() {
        return true;
    }

    /** What the end of a try says of {@link Unlucky}. */
    protected String failure() {
        return " Unlucky";
    }

    /** How many tries the layer makes of what always fails. */
    protected int most() {
        return 3;
    }

    // ---- the columns

    @Test
    @Tag("attempts")
    void everyTryIsAScope() throws Exception {
        assumeTrue(hasBlockingForm());
        AtomicInteger tries = new AtomicInteger();
        List<Object> inside = new ArrayList<>();
        assertEquals("done", call(() -> {
            inside.add(Hooks.capture());
            if (tries.incrementAndGet() < 3) throw new Unlucky(tries.get());
            return "done";
        }));
        assertTries(List.of(1, 2, 3));
        assertEquals(
                List.of(
                        "begin RETRY",
                        "end RETRY" + failure(),
                        "begin RETRY",
                        "end RETRY" + failure(),
                        "begin RETRY",
                        "end RETRY"),
                woven().agent().events());
        assertEquals(3, inside.stream().distinct().count(), "each try has a context of its own");
        for (Object context : inside) assertNotNull(context);
    }

    @Test
    void nothingIsHeldOfTriesThatAreOver() throws Exception {
        assumeTrue(forgetsAtOnce());
        woven().agent().forgetWhatIsOver();
        int rounds = 10;
        for (int i = 0; i < rounds; i++) {
            AtomicInteger tries = new AtomicInteger();
            if (hasBlockingForm()) {
                call(() -> {
                    if (tries.incrementAndGet() < 2) throw new Unlucky(tries.get());
                    return "done";
                });
            } else {
                callAsync(() -> tries.incrementAndGet() < 2
                                ? CompletableFuture.failedFuture(new Unlucky(tries.get()))
                                : CompletableFuture.completedFuture("done"))
                        .toCompletableFuture()
                        .get();
            }
        }
        woven().agent().awaitEnds(2 * rounds);
        // A client or a thread may know what it did last.
        long held = woven().agent().held(4);
        assertTrue(held <= 4, held + " are held");
    }

    @Test
    @Tag("attempts")
    void whatSucceedsAtOnceIsOneTry() throws Exception {
        assumeTrue(hasBlockingForm());
        assertEquals("done", call(() -> "done"));
        assertTries(List.of(1));
    }

    @Test
    @Tag("attempts")
    void applicationSeesTheFailureThatItWouldHaveSeen() {
        assumeTrue(hasBlockingForm());
        AtomicInteger tries = new AtomicInteger();
        Callable<String> failing = () -> {
            throw new Unlucky(tries.incrementAndGet());
        };
        Throwable thrown = assertThrows(Throwable.class, () -> call(failing));
        assertEquals(most(), tries.get());
        assertTries(numbers(most()));

        woven().agent().ignore(facts -> true);
        Throwable unfollowed = assertThrows(Throwable.class, () -> call(failing));
        assertEquals(unfollowed.getClass(), thrown.getClass());
        assertEquals(2 * most(), tries.get());
    }

    @Test
    @Tag("attempts")
    void errorsLeaveNoScopeBehind() {
        assumeTrue(hasBlockingForm());
        assertThrows(
                Throwable.class,
                () -> call(() -> {
                    throw new AssertionError("not for retrying");
                }));
        assertNull(Hooks.capture());
    }

    @Test
    @Tag("attempts")
    void twoLogicalCallsKnowNothingOfEachOther() throws Exception {
        assumeTrue(hasBlockingForm());
        call(() -> "one");
        call(() -> "two");
        assertEquals(2, facts().size());
        for (ScopeFacts each : facts()) {
            assertNull(each.previousTry());
            assertEquals(1, each.tryNumber());
            assertEquals(layer(), each.name());
        }
    }

    @Test
    @Tag("attempts")
    void repetitionOfWhatSucceededIsATryToo() throws Exception {
        assumeTrue(retriesResults());
        AtomicInteger tries = new AtomicInteger();
        assertEquals("good", callUntilGood(() -> tries.incrementAndGet() < 3 ? "bad" : "good"));
        assertTries(List.of(1, 2, 3));
    }

    @Test
    @Tag("attempts")
    void nestedLayersAreScopesInScopes() throws Exception {
        assumeTrue(hasBlockingForm());
        AtomicInteger inner = new AtomicInteger();
        assertThrows(
                Throwable.class,
                () -> call(() -> call(() -> {
                    throw new Unlucky(inner.incrementAndGet());
                })));
        assertEquals(most() * most(), inner.get());
        assertEquals(most() + most() * most(), facts().size());
    }

    @Test
    @Tag("attempts-async")
    void everyAsynchronousTryIsAScope() throws Exception {
        assumeTrue(hasAsynchronousForm());
        AtomicInteger tries = new AtomicInteger();
        List<Object> inside = Collections.synchronizedList(new ArrayList<>());
        ExecutorService elsewhere = Executors.newSingleThreadExecutor();
        try {
            CompletionStage<String> stage = callAsync(() -> {
                inside.add(Hooks.capture());
                int number = tries.incrementAndGet();
                return CompletableFuture.supplyAsync(
                        () -> {
                            if (number < 3) throw new Unlucky(number);
                            return "done";
                        },
                        elsewhere);
            });
            assertEquals("done", stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
        } finally {
            elsewhere.shutdownNow();
        }
        woven().agent().awaitEnds(3);
        assertTries(List.of(1, 2, 3));
        assertEquals(3, inside.stream().distinct().count(), "each try has a context of its own");
        for (Object context : inside) assertNotNull(context);
        assertNull(Hooks.capture());
    }

    /** The tries after the first are often made by a scheduler's thread. */
    @Test
    @Tag("attempts-async")
    void asynchronousTriesAreCausedByWhatCausedTheCall() throws Exception {
        assumeTrue(hasAsynchronousForm());
        Call cause = Hooks.begin(
                new ScopeFacts(CallFacts.Kind.TOOL, woven().adapter().name(), "cause") {});
        assertNotNull(cause);
        AtomicInteger tries = new AtomicInteger();
        CompletionStage<String> stage;
        try {
            stage = callAsync(() -> tries.incrementAndGet() < 2
                    ? CompletableFuture.failedFuture(new Unlucky(1))
                    : CompletableFuture.completedFuture("done"));
        } finally {
            Hooks.leave(cause);
        }
        assertEquals("done", stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
        woven().agent().awaitEnds(2);
        Hooks.end(cause, 0, null);
        assertEquals(List.of("TOOL", "TOOL"), woven().agent().parents(CallFacts.Kind.RETRY));
    }

    @Test
    @Tag("concurrent")
    void concurrentCallsKeepApart() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                String result = "result " + i;
                running.add(threads.submit(() -> {
                    AtomicInteger tries = new AtomicInteger();
                    if (hasBlockingForm()) {
                        assertEquals(result, call(() -> {
                            if (tries.incrementAndGet() < 2) throw new Unlucky(1);
                            return result;
                        }));
                    } else {
                        assertEquals(
                                result,
                                callAsync(() -> tries.incrementAndGet() < 2
                                                ? CompletableFuture.failedFuture(new Unlucky(1))
                                                : CompletableFuture.completedFuture(result))
                                        .toCompletableFuture()
                                        .get(20, TimeUnit.SECONDS));
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) each.get(60, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        woven().agent().awaitEnds(64);
        List<Integer> numbers =
                facts().stream().map(ScopeFacts::tryNumber).sorted().toList();
        assertEquals(64, numbers.size());
        assertEquals(1, numbers.get(31));
        assertEquals(2, numbers.get(32));
    }

    // ---- for the test classes

    /** The facts of all tries, in the order of their beginning. */
    protected final List<ScopeFacts> facts() {
        List<ScopeFacts> facts = new ArrayList<>();
        for (CallFacts each : woven().agent().begun()) {
            if (each.kind() == CallFacts.Kind.RETRY) facts.add((ScopeFacts) each);
        }
        return facts;
    }

    /** The tries of one logical call have these numbers, and each knows the one before. */
    protected final void assertTries(List<Integer> numbers) {
        assertEquals(numbers, facts().stream().map(ScopeFacts::tryNumber).toList());
        @Nullable ScopeFacts before = null;
        for (ScopeFacts each : facts()) {
            assertEquals(layer(), each.name());
            Call previous = each.previousTry();
            if (before == null || !knowsPreviousTry()) {
                assertNull(previous);
                if (before != null) assertArrayEquals(before.identity(), each.identity());
                assertEquals(knowsPreviousTry(), each.identity() == null);
            } else {
                assertNotNull(previous);
                assertSame(before, previous.facts());
            }
            assertNotSame(before, each);
            before = each;
        }
        assertTrue(before != null);
        assertNotEquals(0, numbers.size());
    }

    /** The tries are this layer's, and not once more those of the adapter of a library that the layer is made with. */
    protected final void assertFollowedOnce(String adapterBelow) throws Exception {
        woven().agent().alsoFollow(adapterBelow);
        AtomicInteger tries = new AtomicInteger();
        call(() -> {
            if (tries.incrementAndGet() < 3) throw new Unlucky(tries.get());
            return "done";
        });
        assertTries(List.of(1, 2, 3));
        assertEquals(6, woven().agent().events().size(), woven().agent().events()::toString);
    }

    private static List<Integer> numbers(int most) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 1; i <= most; i++) numbers.add(i);
        return numbers;
    }
}
