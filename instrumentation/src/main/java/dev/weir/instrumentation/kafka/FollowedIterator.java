package dev.weir.instrumentation.kafka;

import java.util.Iterator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records one by one, each a scope while it is the latest. */
final class FollowedIterator<R extends ConsumerRecord<?, ?>> implements Iterator<R> {

    private final Iterator<R> records;
    private final Client consumer;
    // Parallel streams take records from one thread and process them on others.
    private final Thread thread = Thread.currentThread();

    FollowedIterator(Iterator<R> records, Client consumer) {
        this.records = records;
        this.consumer = consumer;
    }

    @Override
    public boolean hasNext() {
        boolean more = records.hasNext();
        if (!more && isOurs()) Processing.done(this, consumer);
        return more;
    }

    @Override
    public R next() {
        boolean ours = isOurs();
        if (ours) Processing.done(this, consumer);
        R next = records.next();
        if (ours && next != null) Processing.begin(this, next, consumer);
        return next;
    }

    private boolean isOurs() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void remove() {
        records.remove();
    }
}
