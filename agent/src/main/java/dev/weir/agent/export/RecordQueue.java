package dev.weir.agent.export;

import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscChunkedAtomicArrayQueue;

/**
 * The bounded queue between callers' threads and the exporter's: it holds so many records, and so many characters of long
 * texts in them. What finds no room is dropped and counted.
 *
 * <p>The variant without {@code Unsafe}: the other makes JDK 24 and later print a warning.
 */
public final class RecordQueue implements RecordSink {

    private static final int INITIAL = 1_024;
    /** What part of the heap long texts may take. */
    private static final int PART_OF_HEAP = 8;

    private final MpscChunkedAtomicArrayQueue<SpanRecord> records;
    private final AtomicLong dropped = new AtomicLong();
    private final long mostLong;
    private final AtomicLong longHeld = new AtomicLong();
    private final boolean counts;
    private final Runnable whenFirst;
    private volatile boolean any;
    private volatile boolean closed;

    /**
     * @param capacity how many records can wait
     * @param counts whether records are counted that nobody keeps
     * @param whenFirst runs once, on the thread that offers the first record
     */
    public RecordQueue(int capacity, boolean counts, Runnable whenFirst) {
        this(capacity, Runtime.getRuntime().maxMemory() / PART_OF_HEAP, counts, whenFirst);
    }

    RecordQueue(int capacity, long mostLong, boolean counts, Runnable whenFirst) {
        this.mostLong = mostLong;
        this.counts = counts;
        this.records = new MpscChunkedAtomicArrayQueue<>(INITIAL, Math.max(INITIAL * 2, capacity));
        this.whenFirst = whenFirst;
    }

    @Override
    public void offer(SpanRecord record) {
        if (closed || !take(record)) dropped.incrementAndGet();
        else if (!any) first();
    }

    @Override
    public void count(SpanRecord record) {
        if (counts && !closed && take(record) && !any) first();
    }

    private boolean take(SpanRecord record) {
        int length = (int) Math.min(Integer.MAX_VALUE, RecordLength.ofLongTexts(record));
        // Most records have none, and do not meet at this counter.
        if (length == 0) return records.offer(record);
        record.withRare().longTexts = length;
        if (longHeld.addAndGet(length) <= mostLong && records.offer(record)) return true;
        longHeld.addAndGet(-length);
        return false;
    }

    /** A record that was moved out is held no longer. */
    void release(SpanRecord record) {
        int length = record.rare().longTexts;
        if (length > 0) longHeld.addAndGet(-length);
    }

    /** Characters of long texts that are held. */
    long longHeld() {
        return longHeld.get();
    }

    private synchronized void first() {
        if (any) return;
        any = true;
        whenFirst.run();
    }

    /** Nobody empties the queue any more: what is offered from now on is dropped and counted. */
    void close() {
        closed = true;
    }

    /** Moves up to {@code limit} records out. */
    int drain(MessagePassingQueue.Consumer<SpanRecord> to, int limit) {
        return records.drain(to, limit);
    }

    /** How many records wait. */
    int size() {
        return records.size();
    }

    /** How many records found no room. */
    public long dropped() {
        return dropped.get();
    }
}
