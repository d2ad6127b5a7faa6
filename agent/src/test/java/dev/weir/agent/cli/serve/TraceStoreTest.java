package dev.weir.agent.cli.serve;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT;
import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_INTERNAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TraceStoreTest {
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final AtomicLong now = new AtomicLong();

    private TraceStore store(int traces, long bytes) {
        return new TraceStore(traces, bytes, now::get);
    }

    private static List<Span> root(int trace) {
        return Payload.trace(trace)
                .process("a", 0)
                .span(1, 0, "root", SPAN_KIND_INTERNAL, 0, 10)
                .read();
    }

    private static List<Span> child(int trace, int id) {
        return Payload.trace(trace)
                .process("a", 0)
                .span(id, 1, "child", SPAN_KIND_CLIENT, 1, 2)
                .read();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static List<String> ids(List<Chain.Snapshot> chains) {
        return chains.stream().map(chain -> chain.summary().id()).toList();
    }

    @Test
    void keepsTheNewestChains() {
        TraceStore store = store(3, 1 << 20);
        for (int i = 1; i <= 5; i++) {
            store.add(root(i));
            pass(QUIET);
        }
        assertNull(store.find(Payload.traceId(1)));
        assertNull(store.find(Payload.traceId(2)));
        for (int i = 3; i <= 5; i++) {
            assertNotNull(store.find(Payload.traceId(i)));
        }
        assertEquals(3, store.totals().traces());
        assertEquals(3, store.totals().spans());
        assertEquals(2, store.totals().evictedTraces());
        assertEquals(2, store.totals().evictedSpans());
        assertEquals(2, store.totals().evictedUnprinted());
    }

    @Test
    void newsKeepsAChainFromBeingTheOldest() {
        TraceStore store = store(2, 1 << 20);
        store.add(root(1));
        pass(QUIET);
        store.add(root(2));
        pass(QUIET);
        store.add(child(1, 2));
        pass(QUIET);
        store.add(root(3));
        assertNotNull(store.find(Payload.traceId(1)));
        assertNull(store.find(Payload.traceId(2)));
    }

    @Test
    void staysWithinItsBytes() {
        long limit = 200_000;
        TraceStore store = store(1_000_000, limit);
        Random random = new Random(3);
        for (int i = 1; i <= 3_000; i++) {
            store.add(Payload.trace(1 + random.nextInt(300))
                    .process("p" + random.nextInt(5_000), 0)
                    .span(i, 0, "x".repeat(random.nextInt(2_000)), SPAN_KIND_INTERNAL, 0, 1)
                    .with("k", "v".repeat(random.nextInt(20_000)))
                    .read());
            pass(Duration.ofMillis(1));
            assertTrue(store.totals().bytes() <= limit);
        }
        TraceStore.Totals totals = store.totals();
        assertTrue(totals.bytes() > limit / 2);
        assertEquals(3_000, totals.received());
        assertEquals(3_000, totals.spans() + totals.evictedSpans() + totals.dropped() + totals.duplicates());
        int held = store.recent(1_000_000, ChainFilter.ALL).chains().stream()
                .mapToInt(Chain.Summary::spans)
                .sum();
        assertEquals(totals.spans(), held);
    }

    @Test
    void theBytesCountedAreNotFewerThanTheBytesUsed() {
        TraceStore store = store(1_000_000, 1L << 40);
        Runtime runtime = Runtime.getRuntime();
        for (int i = 1; i <= 40_000; i++) {
            store.add(Payload.trace(1 + i / 100)
                    .process("service", i / 10_000)
                    .span(i, 0, "POST /charge/" + i, SPAN_KIND_CLIENT, 0, 1)
                    .with("url.full", "http://pay/charge/" + i)
                    .with("http.response.status_code", i)
                    .event("retry", "reason", "again " + i)
                    .read());
        }
        long with = used(runtime);
        long counted = store.totals().bytes();
        assertEquals(40_000, store.totals().spans());
        // Against what is left without it, not against what was there before: this JVM has run other tests too.
        store = null;
        long used = with - used(runtime);
        assertTrue(counted > used * 0.8, () -> counted + " bytes counted, " + used + " used");
        assertTrue(counted < used * 3.0, () -> counted + " bytes counted, " + used + " used");
    }

    private static long used(Runtime runtime) {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void oneRunawayChainLeavesRoomForOthers() {
        TraceStore store = store(100, 100_000);
        store.add(root(1));
        pass(QUIET);
        for (int i = 1; i <= 5_000; i++) {
            store.add(child(2, i));
        }
        assertNotNull(store.find(Payload.traceId(1)));
        Chain.Snapshot runaway = store.find(Payload.traceId(2));
        assertNotNull(runaway);
        int dropped = runaway.summary().droppedSpans();
        assertTrue(dropped > 0);
        assertEquals(5_000, runaway.spans().size() + dropped);
        assertEquals(dropped, store.totals().dropped());
        String header = TreeRenderer.render(runaway, TreeStyle.PLAIN).split("\n")[0];
        assertTrue(header.contains("spans dropped: the chain is too large"), header);
    }

    @Test
    void aSpanThatComesTwiceIsKeptOnce() {
        TraceStore store = store(10, 1 << 20);
        store.add(root(1));
        store.add(root(1));
        store.add(child(1, 2));
        store.add(child(1, 2));
        Chain.Snapshot chain = store.find(Payload.traceId(1));
        assertNotNull(chain);
        assertEquals(2, chain.spans().size());
        assertEquals(2, chain.summary().duplicates());
        assertEquals(2, store.totals().duplicates());
        assertTrue(TreeRenderer.render(chain, TreeStyle.PLAIN).contains("2 duplicates ignored"));
    }

    @Test
    void aChainIsFinishedWhenItsRootIsHereAndItIsQuiet() {
        TraceStore store = store(10, 1 << 20);
        store.add(child(1, 2));
        pass(QUIET.multipliedBy(5));
        assertEquals(List.of(), store.takeFinished(QUIET));
        store.add(root(1));
        pass(QUIET.dividedBy(2));
        assertEquals(List.of(), store.takeFinished(QUIET));
        pass(QUIET.dividedBy(2));
        List<Chain.Snapshot> finished = store.takeFinished(QUIET);
        assertEquals(List.of(Payload.traceId(1)), ids(finished));
        assertFalse(finished.get(0).update());
        assertEquals(2, finished.get(0).spans().size());
        pass(QUIET);
        assertEquals(List.of(), store.takeFinished(QUIET));
    }

    @Test
    void lateSpansMakeAnUpdateButDuplicatesDoNot() {
        TraceStore store = store(10, 1 << 20);
        store.add(root(1));
        pass(QUIET);
        assertEquals(1, store.takeFinished(QUIET).size());
        store.add(root(1));
        pass(QUIET);
        assertEquals(List.of(), store.takeFinished(QUIET));
        store.add(child(1, 2));
        pass(QUIET);
        List<Chain.Snapshot> again = store.takeFinished(QUIET);
        assertEquals(1, again.size());
        assertTrue(again.get(0).update());
        String drawn = TreeRenderer.render(again.get(0), TreeStyle.PLAIN);
        assertTrue(drawn.startsWith("trace " + Payload.traceId(1) + " (update)  2 spans"), drawn);
    }

    @Test
    void aChainWhoseRootNeverComesIsShownLater() {
        TraceStore store = store(10, 1 << 20);
        store.add(child(1, 2));
        pass(QUIET.multipliedBy(TraceStore.ROOTLESS_QUIET).minusNanos(1));
        assertEquals(List.of(), store.takeFinished(QUIET));
        pass(Duration.ofNanos(1));
        assertEquals(List.of(Payload.traceId(1)), ids(store.takeFinished(QUIET)));
    }

    @Test
    void anyOrderOfArrivalGivesTheSameTree() {
        Payload payload = Payload.trace(1).process("a", 1);
        for (int i = 1; i <= 200; i++) {
            payload.span(i, i / 3, "s" + i, SPAN_KIND_INTERNAL, i % 7, 500);
        }
        String expected = payload.drawn(TreeStyle.PLAIN);
        List<Span> spans = new ArrayList<>(payload.read());
        Random random = new Random(11);
        for (int round = 0; round < 50; round++) {
            Collections.shuffle(spans, random);
            TraceStore store = store(10, 1 << 20);
            for (Span span : spans) {
                store.add(List.of(span));
            }
            Chain.Snapshot chain = store.find(Payload.traceId(1));
            assertNotNull(chain);
            assertEquals(expected, TreeRenderer.render(chain, TreeStyle.PLAIN));
        }
    }
}
