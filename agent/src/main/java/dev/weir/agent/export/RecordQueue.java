package dev.weir.agent.export;

import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscChunkedAtomicArrayQueue;

/**
 * The bounded queue between callers' threads and the exporter's. A full queue drops and counts.
 *
 * <p>The variant without {@code Unsafe}: the other makes JDK 24 and later print a warning.
 */
public final class RecordQueue implements RecordSink {

    private static final int INITIAL = 1_024;

    private final MpscChunkedAtomicArrayQueue<SpanRecord> records;
    private final AtomicLong dropped = new AtomicLong();
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
        this.counts = counts;
        this.records = new MpscChunkedAtomicArrayQueue<>(INITIAL, Math.max(INITIAL * 2, capacity));
        this.whenFirst = whenFirst;
    }

    @Override
    public void offer(SpanRecord record) {
        if (closed || !records.offer(record)) dropped.incrementAndGet();
        else if (!any) first();
    }

    @Override
    public void count(SpanRecord record) {
        if (counts && !closed && records.offer(record) && !any) first();
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
