package dev.weir.agent.cli.serve;

import static io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chains that are found on disk by the bytes of their id. */
class KeptChainsTest {
    private static final long MEGABYTE = 1 << 20;

    private final PrintStream err = new Captured().stream();
    private long now;

    @TempDir
    private Path folder;

    private DataFolder open() throws Exception {
        // Small enough that there are several files, large enough that none goes.
        return DataFolder.open(folder, MEGABYTE, Duration.ofDays(1), err);
    }

    private static Set<String> ids(Chain.Snapshot chain) {
        return chain.spans().stream().map(Span::spanId).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whatever lies where: an id across the end of what is read at once, at the begin of a file, in the last line. */
    @ParameterizedTest
    @ValueSource(ints = {33, 64, 1_000, 4_096, 1 << 20})
    void everySpanIsFoundWhereverItLies(int chunk) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, Set<String>> expected = new TreeMap<>();
        try (DataFolder data = open()) {
            int number = 0;
            for (int request = 0; request < 60; request++) {
                List<Span> batch = new ArrayList<>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    int trace = 1 + random.nextInt(20);
                    Span span = Payload.trace(trace)
                            .process("a", 1)
                            .span(++number, 0, "x".repeat(random.nextInt(300)), SPAN_KIND_CLIENT, 0, 1)
                            .read()
                            .get(0);
                    batch.add(span);
                    expected.computeIfAbsent(span.traceId(), any -> new TreeSet<>())
                            .add(span.spanId());
                }
                data.keep(batch);
            }
            KeptChains kept = new KeptChains(data, MEGABYTE, () -> now++, chunk);
            for (Map.Entry<String, Set<String>> each : expected.entrySet()) {
                Chain.Snapshot found = kept.find(each.getKey());
                assertNotNull(found, () -> "seed " + seed);
                assertEquals(each.getValue(), ids(found), () -> "seed " + seed);
            }
            assertNull(kept.find(Payload.traceId(21)));
        }
    }

    @Test
    void anIdInATextIsNoSpanAndABrokenLineIsLeftOut() throws Exception {
        try (DataFolder data = open()) {
            data.keep(Payload.trace(1)
                    .process("a", 1)
                    .span(1, 0, "see " + Payload.traceId(2), SPAN_KIND_CLIENT, 0, 1)
                    .read());
            data.keep(Payload.trace(2)
                    .process("a", 1)
                    .span(2, 0, "GET", SPAN_KIND_CLIENT, 0, 1)
                    .read());
            try (Stream<Path> files = Files.list(folder)) {
                Path file = files.filter(each -> each.toString().endsWith(".jsonl"))
                        .findFirst()
                        .orElseThrow();
                String cut = "{\"resourceSpans\":[{\"traceId\":\"" + Payload.traceId(2);
                Files.writeString(file, cut + "\n" + cut, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
            }
            Chain.Snapshot found = new KeptChains(data, MEGABYTE, () -> now++).find(Payload.traceId(2));
            assertNotNull(found);
            assertEquals(1, found.spans().size());
        }
    }

    @Test
    void aChainThatIsTooLargeIsCutAndCounted() throws Exception {
        try (DataFolder data = open()) {
            for (int i = 1; i <= 20; i++) {
                data.keep(Payload.trace(1)
                        .process("a", 1)
                        .span(i, 0, "x".repeat(1_000), SPAN_KIND_CLIENT, 0, 1)
                        .read());
            }
            Chain.Snapshot found = new KeptChains(data, 10_000, () -> now++).find(Payload.traceId(1));
            assertNotNull(found);
            assertEquals(20, found.spans().size() + found.summary().droppedSpans());
            assertEquals(
                    true, found.summary().droppedSpans() >= 10, found.summary().toString());
        }
    }

    /** Who waits has a thread of the server, and spans must still come in. */
    @Test
    void moreThanAFewAreSentAway() throws Exception {
        try (DataFolder data = open()) {
            KeptChains kept = new KeptChains(data, MEGABYTE, () -> now);
            List<Thread> waiting = new ArrayList<>();
            synchronized (kept) {
                for (int i = 0; i < KeptChains.READERS; i++) {
                    int trace = i + 1;
                    Thread reader = new Thread(() -> assertDoesNotThrow(() -> kept.find(Payload.traceId(trace))));
                    reader.start();
                    waiting.add(reader);
                }
                for (Thread reader : waiting) {
                    while (reader.getState() != Thread.State.BLOCKED) Thread.onSpinWait();
                }
                assertThrows(KeptChains.BusyException.class, () -> kept.find(Payload.traceId(99)));
            }
            for (Thread reader : waiting) reader.join();
            assertNull(kept.find(Payload.traceId(99)));
        }
    }

    /** A page asks every second or two. */
    @Test
    void whatWasFoundLastIsNotSearchedForAgainSoon() throws Exception {
        try (DataFolder data = open()) {
            KeptChains kept = new KeptChains(data, MEGABYTE, () -> now);
            assertNull(kept.find(Payload.traceId(1)));
            data.keep(Payload.trace(1)
                    .process("a", 1)
                    .span(1, 0, "GET", SPAN_KIND_CLIENT, 0, 1)
                    .read());
            now += Duration.ofSeconds(59).toNanos();
            assertNull(kept.find(Payload.traceId(1)));
            now += Duration.ofSeconds(1).toNanos();
            Chain.Snapshot found = kept.find(Payload.traceId(1));
            assertNotNull(found);
            assertSame(found, kept.find(Payload.traceId(1)));
        }
    }
}
