package dev.weir.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WeakIdentityMapTest {

    /** An object whose own methods must not be called. */
    private static final class Foreign {

        @Override
        public int hashCode() {
            throw new AssertionError("hashCode of an object of the application");
        }

        @Override
        public boolean equals(Object other) {
            throw new AssertionError("equals of an object of the application");
        }
    }

    @Test
    void objectsAreToldApartByIdentity() {
        WeakIdentityMap<String> map = new WeakIdentityMap<>(16);
        Foreign one = new Foreign();
        Foreign two = new Foreign();
        assertTrue(map.put(one, "one"));
        assertTrue(map.put(two, "two"));
        assertTrue(map.put(one, "uno"));
        assertFalse(map.putIfAbsent(two, "due"));
        assertEquals("uno", map.get(one));
        assertEquals("two", map.get(two));
        assertEquals(2, map.size());
        assertEquals("uno", map.remove(one));
        assertNull(map.remove(one));
        assertNull(map.get(one));
        assertEquals(1, map.size());
    }

    @Test
    void aFullMapTakesNoMoreUntilThereIsRoom() {
        WeakIdentityMap<Integer> map = new WeakIdentityMap<>(1_000);
        List<Foreign> kept = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            kept.add(new Foreign());
            assertTrue(map.put(kept.get(i), i));
        }
        Foreign next = new Foreign();
        assertFalse(map.put(next, 1_000));
        assertNull(map.get(next));
        for (int i = 0; i < 1_000; i++) assertEquals(i, map.get(kept.get(i)));
        assertEquals(500, map.remove(kept.get(500)));
        assertTrue(map.put(next, 1_000));
    }

    @Test
    void collectedObjectsAreForgottenAndTheirValuesGivenOutOnce() {
        List<Integer> forgotten = new ArrayList<>();
        WeakIdentityMap<Integer> map = new WeakIdentityMap<>(10_000, forgotten::add);
        for (int i = 0; i < 1_000; i++) map.put(new Foreign(), i);
        Foreign kept = new Foreign();
        map.put(kept, -1);
        for (int i = 0; i < 200 && map.size() > 1; i++) {
            System.gc();
            map.sweep();
        }
        assertEquals(1, map.size());
        assertEquals(-1, map.get(kept));
        assertEquals(1_000, forgotten.size());
        assertEquals(1_000, Set.copyOf(forgotten).size());
    }

    @Test
    void addingForgetsCollectedObjectsByItself() {
        WeakIdentityMap<Integer> map = new WeakIdentityMap<>(10_000);
        for (int i = 0; i < 1_000; i++) map.put(new Foreign(), i);
        Foreign kept = new Foreign();
        for (int i = 0; i < 10_000 && map.size() > 100; i++) {
            if (i % 1_000 == 0) System.gc();
            map.put(kept, i);
            map.remove(kept);
        }
        assertTrue(map.size() <= 100, map.size() + " entries are left");
    }

    /** Few buckets, so that threads meet in the same chains. */
    @Test
    void nothingIsLostOrGivenOutTwiceBetweenThreads() throws Exception {
        WeakIdentityMap<Object> map = new WeakIdentityMap<>(64);
        int threads = 4;
        int rounds = 20_000;
        Set<Object> removed = ConcurrentHashMap.newKeySet();
        AtomicInteger twice = new AtomicInteger();
        CyclicBarrier together = new CyclicBarrier(threads);
        Foreign[] shared = {new Foreign(), new Foreign(), new Foreign()};
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                results.add(pool.submit(() -> {
                    together.await();
                    int put = 0;
                    for (int i = 0; i < rounds; i++) {
                        Foreign own = new Foreign();
                        String value = thread + "/" + i;
                        assertTrue(map.put(own, value));
                        Foreign common = shared[i % shared.length];
                        if (map.putIfAbsent(common, "shared " + value)) put++;
                        if ((i + thread) % 2 == 0) {
                            Object taken = map.remove(common);
                            if (taken != null && !removed.add(taken)) twice.incrementAndGet();
                        }
                        assertEquals(value, map.get(own));
                        assertEquals(value, map.remove(own));
                        assertNull(map.get(own));
                    }
                    return put;
                }));
            }
            int put = 0;
            for (Future<Integer> result : results) put += result.get();
            for (Foreign common : shared) {
                Object taken = map.remove(common);
                if (taken != null) assertTrue(removed.add(taken));
            }
            assertEquals(0, twice.get());
            assertEquals(put, removed.size());
            assertEquals(0, map.size());
            assertTrue(map.isEmpty());
        } finally {
            pool.shutdownNow();
        }
    }
}
