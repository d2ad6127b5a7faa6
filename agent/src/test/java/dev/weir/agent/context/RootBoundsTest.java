package dev.weir.agent.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.ScopeFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A root that has more operations than it may remember. A failing program prints its seed in its name. */
class RootBoundsTest {

    private static final int MOST = 16;
    private static final long SECOND = 1_000_000_000;
    private static final long WINDOW = 60 * SECOND;
    private static final Ending SUCCEEDED = new Ending(true, true, false, 0, 0, 0, 0, 0);
    private static final Ending FAILED = new Ending(false, false, false, 0, 0, 0, 0, 0);

    private static final class Facts extends ScopeFacts {
        Facts(Kind kind) {
            super(kind, "test", "x");
        }
    }

    private record Open(Attempt attempt, ScopeAttempt parent, long fingerprint) {}

    private final AtomicLong evicted = new AtomicLong();
    private final Root root = new Identity("test", MOST, WINDOW, ThreadLocal.withInitial(Scratch::new))
            .root(CallFacts.Kind.HTTP_SERVER, 1, 2, evicted::incrementAndGet);
    private final ScopeAttempt top = root.beginRoot();
    private long now = 1;

    private Open begin(ScopeAttempt parent, CallFacts.Kind kind, long fingerprint) {
        Attempt attempt = new Attempt(new Facts(kind), null, Destination.NONE, Long.MAX_VALUE, now);
        Operations.begin(attempt, parent, fingerprint, AttemptHint.NONE, now);
        assertTrue(root.remembered() <= MOST, "remembers " + root.remembered());
        return new Open(attempt, parent, fingerprint);
    }

    private void end(Open open, Ending ending) {
        Operations.end(open.attempt, open.parent, ending, now);
    }

    private String call(long fingerprint) {
        Open call = begin(top, CallFacts.Kind.SQL, fingerprint);
        end(call, SUCCEEDED);
        return call.attempt.operation().id();
    }

    /** Calls and tools in any order, nested and side by side, of few fingerprints, of which some never settle. */
    @TestFactory
    List<DynamicTest> noIdIsGivenTwiceAndTheBoundHolds() {
        List<DynamicTest> tests = new ArrayList<>();
        long base = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            long seed = base + i;
            tests.add(DynamicTest.dynamicTest("seed " + seed, () -> new RootBoundsTest().program(new Random(seed))));
        }
        return tests;
    }

    private void program(Random random) {
        Set<String> ids = new HashSet<>();
        List<ScopeAttempt> scopes = new ArrayList<>(List.of(top));
        List<Open> open = new ArrayList<>();
        long created = 0;
        for (int step = 0; step < 500; step++) {
            now += random.nextInt(20) * SECOND;
            if (!open.isEmpty() && (open.size() > 12 || random.nextBoolean())) {
                end(open.remove(random.nextInt(open.size())), random.nextInt(4) > 0 ? SUCCEEDED : FAILED);
                continue;
            }
            CallFacts.Kind kind = random.nextInt(5) == 0 ? CallFacts.Kind.TOOL : CallFacts.Kind.SQL;
            ScopeAttempt parent = scopes.get(random.nextInt(scopes.size()));
            Open begun = begin(parent, kind, kind.ordinal() * 100L + random.nextInt(random.nextBoolean() ? 3 : 40));
            if (begun.attempt.first()) {
                created++;
                assertTrue(ids.add(begun.attempt.operation().id()), "an id was given to two operations");
            }
            if (kind == CallFacts.Kind.TOOL) {
                // A tool that is tried again is the same again, and so is what it calls.
                if (begun.attempt.first() && scopes.size() < 6) scopes.add(Operations.open(begun.attempt, parent));
                end(begun, SUCCEEDED);
            } else {
                open.add(begun);
            }
            assertTrue(
                    root.operation().fingerprints() <= MOST,
                    "" + root.operation().fingerprints());
            assertEquals(created, root.remembered() + root.forgotten(), "what is not remembered was counted");
        }
        assertTrue(root.forgotten() > 0);
        assertEquals(root.forgotten(), evicted.get());
    }

    @Test
    void whatComesBackAfterItWasForgottenIsAnotherOperation() {
        Set<String> ids = new HashSet<>();
        for (int round = 0; round < 10; round++) {
            for (long fingerprint = 0; fingerprint < 100; fingerprint++) assertTrue(ids.add(call(fingerprint)));
        }
        assertEquals(1_000 - MOST, root.forgotten());
        assertEquals(MOST, root.operation().fingerprints());
    }

    @Test
    void anEndlessPollIsBoundedToo() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) assertTrue(ids.add(call(7)));
        assertEquals(1, root.operation().fingerprints());
        assertEquals(MOST, root.remembered());
    }

    @Test
    void whatIsSettledGoesBeforeWhatIsNot() {
        List<Open> underWay = new ArrayList<>();
        for (long fingerprint = 0; fingerprint < 5; fingerprint++) {
            underWay.add(begin(top, CallFacts.Kind.SQL, fingerprint));
        }
        Map<Long, String> waiting = new HashMap<>();
        for (long fingerprint = 5; fingerprint < 10; fingerprint++) {
            Open failed = begin(top, CallFacts.Kind.SQL, fingerprint);
            end(failed, FAILED);
            waiting.put(fingerprint, failed.attempt.operation().id());
        }
        for (long fingerprint = 100; fingerprint < 1_000; fingerprint++) call(fingerprint);
        for (Open open : underWay) {
            end(open, FAILED);
            waiting.put(open.fingerprint, open.attempt.operation().id());
        }
        waiting.forEach((fingerprint, id) -> {
            Open retried = begin(top, CallFacts.Kind.SQL, fingerprint);
            assertEquals(2, retried.attempt.number());
            assertEquals(id, retried.attempt.operation().id());
            end(retried, SUCCEEDED);
        });
    }

    @Test
    void whatWasGivenUpDoesNotStay() {
        for (long fingerprint = 0; fingerprint < MOST; fingerprint++) {
            end(begin(top, CallFacts.Kind.SQL, fingerprint), FAILED);
        }
        now += WINDOW + 1;
        Open failed = begin(top, CallFacts.Kind.SQL, 100);
        end(failed, FAILED);
        for (long fingerprint = 101; fingerprint < 1_000; fingerprint++) call(fingerprint);
        assertEquals(2, begin(top, CallFacts.Kind.SQL, 100).attempt.number());
    }

    @Test
    void allUnderWayIsBoundedToo() {
        List<Open> open = new ArrayList<>();
        for (long fingerprint = 0; fingerprint < 100; fingerprint++) {
            open.add(begin(top, CallFacts.Kind.SQL, fingerprint));
        }
        for (Open each : open) end(each, FAILED);
        assertEquals(MOST, root.remembered());
        assertEquals(1, begin(top, CallFacts.Kind.SQL, 0).attempt.number(), "forgotten");
        assertEquals(2, begin(top, CallFacts.Kind.SQL, 99).attempt.number());
    }

    @Test
    void manyAttemptsOfTheRootFindTheSame() {
        String[] before = {call(7), call(7)};
        ScopeAttempt third = root.beginRoot();
        for (int attempt = 0; attempt < 1_000; attempt++) {
            ScopeAttempt again = root.beginRoot();
            for (String expected : before) {
                Open call = begin(again, CallFacts.Kind.SQL, 7);
                end(call, SUCCEEDED);
                assertEquals(expected, call.attempt.operation().id());
            }
        }
        Open late = begin(third, CallFacts.Kind.SQL, 7);
        end(late, SUCCEEDED);
        assertTrue(late.attempt.first(), "what a forgotten attempt has used is not known: not taken for a retry");
    }

    @Test
    void aLaterAttemptFindsWhatWasForgottenUnderItsOldId() {
        List<String> before = new ArrayList<>();
        for (int i = 0; i < MOST + 4; i++) before.add(call(7));
        ScopeAttempt again = root.beginRoot();
        List<String> after = new ArrayList<>();
        for (int i = 0; i < MOST + 4; i++) {
            Open call = begin(again, CallFacts.Kind.SQL, 7);
            end(call, SUCCEEDED);
            after.add(call.attempt.operation().id());
        }
        assertEquals(before, after);
    }
}
