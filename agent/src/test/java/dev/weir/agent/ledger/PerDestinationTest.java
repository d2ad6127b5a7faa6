package dev.weir.agent.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PerDestinationTest {

    private final List<String> forgotten = new ArrayList<>();

    private PerDestination<Object> of(int most) {
        return new PerDestination<>(most) {
            @Override
            Object begin() {
                return new Object();
            }

            @Override
            void forgotten(String destination) {
                forgotten.add(destination);
            }
        };
    }

    @Test
    void equalNamesAreOneDestination() {
        PerDestination<Object> known = of(10);
        Object state = known.of("a:1");
        assertSame(state, known.of(new StringBuilder("a:1").toString()));
        assertNotSame(state, known.of("a:2"));
    }

    /** Two names with one hash stand in one place of what is found without a lock. */
    @Test
    void namesWithOneHashAreTwoDestinations() {
        PerDestination<Object> known = of(10);
        assertEquals("Aa".hashCode(), "BB".hashCode());
        Object first = known.of("Aa");
        Object second = known.of("BB");
        assertNotSame(first, second);
        assertSame(first, known.of("Aa"));
        assertSame(second, known.of("BB"));
    }

    @Test
    void whatIsUsedIsNotForgotten() {
        PerDestination<Object> known = of(100);
        Object hot = known.of("hot");
        for (int i = 0; i < 1_000; i++) {
            known.of("cold " + i);
            assertSame(hot, known.of("hot"), () -> "forgotten: " + forgotten);
        }
        assertEquals(901, forgotten.size());
    }

    @Test
    void whatIsForgottenBeginsAnewEvenIfItWasFoundJustNow() {
        PerDestination<Object> known = of(2);
        Object first = known.of("a");
        known.of("b");
        known.of("c");
        known.of("d");
        assertEquals(Set.of("a", "b"), new HashSet<>(forgotten));
        assertNotSame(first, known.of("a"));
    }

    @Test
    void threadsAgree() throws InterruptedException {
        PerDestination<Object> known = of(1_000);
        Set<Object> states = ConcurrentHashMap.newKeySet();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int i = 0; i < 500; i++) states.add(known.of("host" + i));
            });
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        for (Thread thread : threads) thread.join();
        assertEquals(500, states.size());
    }
}
