package dev.weir.agent.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weir.bootstrap.CallFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Linked operations do what collections would do. */
class SiblingsTest {

    private static final long WINDOW = 100;

    private final Operation parent = new Identity("test", 4_096, WINDOW, ThreadLocal.withInitial(Scratch::new))
            .randomRoot(CallFacts.Kind.HTTP_SERVER, () -> {})
            .operation();

    private Operation operation(Siblings siblings, int occurrence) {
        return new Operation(parent.root, 0, 0, siblings, occurrence);
    }

    /** Whatever is done to them in whatever order, they agree with a sorted map and a list. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void linksAgreeWithCollections(long seed) {
        Random random = new Random(seed);
        Siblings siblings = parent.childrenOf(seed);
        TreeMap<Integer, Operation> kept = new TreeMap<>();
        List<Operation> waiting = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            int occurrence = random.nextInt(40);
            Operation known = kept.get(occurrence);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    if (known != null) break;
                    Operation created = operation(siblings, occurrence);
                    created.scopeAttempt = random.nextInt(3);
                    siblings.keep(created);
                    kept.put(occurrence, created);
                }
                case 2 -> {
                    if (known == null || known.waiting) break;
                    known.lastEndNanos = step;
                    siblings.startWaiting(known);
                    waiting.add(known);
                }
                case 3 -> {
                    if (known == null) break;
                    siblings.forget(known, true);
                    kept.remove(occurrence);
                    waiting.remove(known);
                    assertEquals(false, known.waiting);
                }
                default -> {
                    int scopeAttempt = random.nextInt(3);
                    assertSame(retried(waiting, scopeAttempt, step), siblings.retried(scopeAttempt, step, WINDOW));
                }
            }
            for (int i = 0; i < 41; i++) assertSame(kept.get(i), siblings.at(i));
            for (int i = 0; i < 3; i++) {
                int wanted = i;
                assertSame(
                        kept.descendingMap().values().stream()
                                .filter(each -> each.scopeAttempt == wanted)
                                .findFirst()
                                .orElse(null),
                        siblings.latest(i));
            }
        }
    }

    private static Operation retried(List<Operation> waiting, int scopeAttempt, long now) {
        for (Iterator<Operation> each = waiting.iterator(); each.hasNext(); ) {
            Operation candidate = each.next();
            boolean late = now - candidate.lastEndNanos > WINDOW;
            if (!late && candidate.scopeAttempt != scopeAttempt) continue;
            each.remove();
            if (!late) return candidate;
        }
        return null;
    }

    @Test
    void occurrencesAreCountedForEachAttemptOfTheParent() {
        Siblings siblings = parent.childrenOf(1);
        List<Integer> used = new ArrayList<>();
        for (int scopeAttempt : new int[] {1, 1, 2, 1, 3, 2, 100, 100, 1, 99}) used.add(siblings.use(scopeAttempt));
        // What attempts that are long over have used is remembered as the most of any.
        assertEquals(List.of(0, 1, 0, 2, 0, 1, 0, 1, 3, 0), used);
    }

    @Test
    void fingerprintsAreTakenInAndForgotten() {
        Random random = new Random(7);
        Children children = new Children(parent);
        Map<Long, Siblings> known = new HashMap<>();
        for (int i = 0; i < 4_096; i++) {
            long fingerprint = random.nextLong();
            known.put(fingerprint, children.of(fingerprint));
        }
        assertEquals(4_096, children.count());
        known.forEach((fingerprint, siblings) -> assertSame(siblings, children.of(fingerprint)));
        int epoch = children.of(0).epoch;
        List<Long> all = new ArrayList<>(known.keySet());
        for (Long fingerprint : all.subList(0, 2_000)) children.forget(known.get(fingerprint));
        assertEquals(4_096 + 1 - 2_000, children.count());
        for (Long fingerprint : all.subList(2_000, 4_096)) {
            assertSame(known.get(fingerprint), children.of(fingerprint));
        }
        Siblings again = children.of(all.get(0));
        assertNotSame(known.get(all.get(0)), again);
        assertEquals(epoch + 2_000, again.epoch, "their like is not taken for them");
        children.forget(known.get(all.get(0)));
        assertSame(again, children.of(all.get(0)), "what is forgotten is not forgotten twice");
        assertNull(again.at(0));
    }
}
