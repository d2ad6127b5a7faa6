package dev.weir.instrumentation.kafka;

import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.RandomAccess;
import java.util.Spliterator;
import java.util.Spliterators;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The records of a partition, followed by whoever iterates over them; who takes one by its place only looks at it. */
final class FollowedList<R extends ConsumerRecord<?, ?>> extends AbstractList<R> implements RandomAccess {

    private final List<R> records;
    private final Client consumer;

    FollowedList(List<R> records, Client consumer) {
        this.records = records;
        this.consumer = consumer;
    }

    @Override
    public R get(int index) {
        return records.get(index);
    }

    @Override
    public int size() {
        return records.size();
    }

    @Override
    public Iterator<R> iterator() {
        return new FollowedIterator<>(records.iterator(), consumer);
    }

    @Override
    public Spliterator<R> spliterator() {
        return Spliterators.spliterator(iterator(), size(), Spliterator.ORDERED | Spliterator.NONNULL);
    }

    // What only looks for one, or copies all, processes none.
    @Override
    public Object[] toArray() {
        return records.toArray();
    }

    @Override
    public <T> T[] toArray(T[] array) {
        return records.toArray(array);
    }

    @Override
    public boolean contains(Object other) {
        return records.contains(other);
    }

    @Override
    public int indexOf(Object other) {
        return records.indexOf(other);
    }

    @Override
    public boolean equals(Object other) {
        return other == this || records.equals(other);
    }

    @Override
    public int hashCode() {
        return records.hashCode();
    }

    @Override
    public String toString() {
        return records.toString();
    }
}
