package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.Hooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the queue holds is bounded, in records and in characters. */
class RecordQueueTest {

    private static final int MOST_LONG = 10_000;

    private final RecordQueue queue = new RecordQueue(131_072, MOST_LONG, true, () -> {});

    private static SpanRecord sql(int length) {
        SpanRecord record = new SpanRecord();
        record.kind = CallFacts.Kind.SQL;
        record.flags = 1;
        record.subject = "x".repeat(length);
        return record;
    }

    private List<SpanRecord> drained() {
        List<SpanRecord> records = new ArrayList<>();
        queue.drain(records::add, Integer.MAX_VALUE);
        return records;
    }

    @Test
    void longTextsFindRoomForSoManyCharacters() {
        for (int i = 0; i < 100; i++) queue.offer(sql(1_000));
        assertEquals(10, queue.size());
        assertEquals(90, queue.dropped());
        assertEquals(10_000, queue.longHeld());
    }

    @Test
    void shortTextsFindRoomBesideThem() {
        for (int i = 0; i < 100; i++) queue.offer(sql(1_000));
        for (int i = 0; i < 50_000; i++) queue.offer(sql(RecordLength.USUAL));
        assertEquals(50_010, queue.size());
        assertEquals(90, queue.dropped());
    }

    @Test
    void roomIsThereAgainWhenRecordsAreReleasedNotWhenTheyAreTaken() {
        for (int i = 0; i < 10; i++) queue.offer(sql(1_000));
        List<SpanRecord> inHand = drained();
        queue.offer(sql(1_000));
        assertEquals(1, queue.dropped(), "what is being sent is held");
        inHand.forEach(queue::release);
        queue.offer(sql(1_000));
        assertEquals(1, queue.dropped());
        assertEquals(1_000, queue.longHeld());
    }

    @Test
    void recordsThatAreOnlyCountedAreBoundedToo() {
        for (int i = 0; i < 100; i++) queue.count(sql(1_000));
        assertEquals(10, queue.size());
        assertEquals(0, queue.dropped(), "nobody misses them");
    }

    @Test
    void whatFindsNoRoomInAFullQueueIsNotHeld() {
        RecordQueue small = new RecordQueue(2_048, Long.MAX_VALUE, true, () -> {});
        for (int i = 0; i < 5_000; i++) small.offer(sql(1_000));
        assertEquals(small.size() * 1_000L, small.longHeld());
        assertEquals(5_000 - small.size(), small.dropped());
    }

    @Test
    void contentCounts() {
        SpanRecord record = sql(1);
        record.withRare().genAi = new GenAiRecord();
        record.rare().genAi.input = new GenAiFacts.Message[] {new GenAiFacts.Message("user", "y".repeat(20_000))};
        queue.offer(record);
        assertEquals(1, queue.dropped());
    }

    @Test
    void attributesOfTheApplicationCountHoweverShort() {
        SpanRecord record = sql(1);
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) many.add("short");
        record.withRare().application = new Hooks.SpanData(
                new Hooks.SpanContext("0".repeat(32), "0".repeat(16), (byte) 1, null),
                null,
                "work",
                1,
                "mine",
                0,
                1,
                0,
                "",
                Map.of("list", many),
                new Object[0][],
                new Object[0][]);
        assertTrue(RecordLength.ofLongTexts(record) > MOST_LONG);
    }

    @Test
    void manyThreadsNeverHoldMore() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 10_000; i++) queue.offer(sql(1_000));
            });
            threads.add(thread);
            thread.start();
        }
        long taken = 0;
        while (threads.stream().anyMatch(Thread::isAlive) || queue.size() > 0) {
            List<SpanRecord> records = drained();
            assertTrue(records.size() <= 10, records.size() + " records at once");
            taken += records.size();
            records.forEach(queue::release);
        }
        for (Thread thread : threads) thread.join();
        for (SpanRecord record : drained()) {
            taken++;
            queue.release(record);
        }
        assertEquals(40_000, taken + queue.dropped());
        assertEquals(0, queue.longHeld());
    }
}
