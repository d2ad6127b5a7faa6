package dev.weir.instrumentation.kafka;

import java.util.Iterator;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records that are followed by whoever iterates over them. */
final class FollowedIterable<R extends ConsumerRecord<?, ?>> implements Iterable<R> {

    private final Iterable<R> records;
    private final Client consumer;

    FollowedIterable(Iterable<R> records, Client consumer) {
        this.records = records;
        this.consumer = consumer;
    }

    @Override
    public Iterator<R> iterator() {
        return new FollowedIterator<>(records.iterator(), consumer);
    }
}
