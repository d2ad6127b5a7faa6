package dev.weir.bootstrap;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What is known of objects that are not ours: told apart by identity and held weakly, and none of their methods is called.
 * Bounded; a value must not refer to its key, or neither is ever collected.
 *
 * <p>No method waits for another thread, and none may ever: woven code runs on virtual threads and on their carriers
 * alike. A virtual thread that waits for a lock gives its carrier away; carriers that wait for that lock behind it then
 * wait for a thread which only they could run.
 *
 * <p>Each bucket is a chain that grows at its head only. An entry is removed by taking its value out, which one thread
 * can do. Entries without a value are unlinked by whoever comes by; as long as nobody has, they do no harm.
 */
public class WeakIdentityMap<V> {

    /** Is given what was known of objects that were collected. */
    public interface Collected<V> {

        /** An object was collected. Must not throw. */
        void collected(V value);
    }

    private static final int FEWEST_BUCKETS = 16;
    private static final int MOST_BUCKETS = 2_048;
    private static final int CHAIN = 8;
    private static final int SWEPT_PER_ADDITION = 8;

    private static final AtomicReferenceFieldUpdater<Entry, Object> VALUE =
            AtomicReferenceFieldUpdater.newUpdater(Entry.class, Object.class, "value");

    private static final class Entry extends WeakReference<Object> {

        final int hash;
        volatile @Nullable Object value;
        volatile @Nullable Entry next;

        Entry(Object key, int hash, Object value) {
            super(key);
            this.hash = hash;
            this.value = value;
        }
    }

    private final AtomicReferenceArray<@Nullable Entry> buckets;
    private final AtomicInteger size = new AtomicInteger();
    private final int most;
    private final @Nullable Collected<? super V> whenCollected;
    // Written without a lock: to sweep a bucket twice makes no difference.
    private int swept;

    /** @param most how many entries it holds; the next one finds no room */
    public WeakIdentityMap(int most) {
        this(most, null);
    }

    /** @param whenCollected is told now and then, on a thread that adds or sweeps */
    public WeakIdentityMap(int most, @Nullable Collected<? super V> whenCollected) {
        this(most, Math.max(FEWEST_BUCKETS, Math.min(MOST_BUCKETS, most / CHAIN)), whenCollected);
    }

    /** @param buckets how many places there are to look at; rounded down to a power of two */
    WeakIdentityMap(int most, int buckets, @Nullable Collected<? super V> whenCollected) {
        this.buckets = new AtomicReferenceArray<>(Integer.highestOneBit(buckets));
        this.most = most;
        this.whenCollected = whenCollected;
    }

    /** Whether there is nothing to find. */
    public boolean isEmpty() {
        return size.get() == 0;
    }

    /** How many entries there are; those of collected objects are counted until the next {@link #sweep}. */
    public int size() {
        return size.get();
    }

    /** What is known of an object. */
    @SuppressWarnings("unchecked")
    public @Nullable V get(Object key) {
        if (isEmpty()) return null;
        int hash = hash(key);
        int bucket = bucket(hash);
        Entry entry = find(bucket, buckets.get(bucket), hash, key);
        return entry == null ? null : (V) entry.value;
    }

    /**
     * Remembers this of an object, in place of what was known of it.
     *
     * @return whether there was room
     */
    public boolean put(Object key, V value) {
        return put(key, value, true);
    }

    /**
     * Remembers this of an object of which nothing is known.
     *
     * @return whether nothing was, and there was room
     */
    public boolean putIfAbsent(Object key, V value) {
        return put(key, value, false);
    }

    private boolean put(Object key, V value, boolean replace) {
        int hash = hash(key);
        int bucket = bucket(hash);
        Entry added = null;
        while (true) {
            Entry head = buckets.get(bucket);
            Entry known = find(bucket, head, hash, key);
            if (known != null) {
                if (!replace) return false;
                Object old = known.value;
                if (old != null && VALUE.compareAndSet(known, old, value)) return true;
                continue;
            }
            if (added == null) {
                if (!makeRoom()) return false;
                added = new Entry(key, hash, value);
            }
            added.next = head;
            // The head is a new one after every addition: nobody has added the same key since it was looked for.
            if (buckets.compareAndSet(bucket, head, added)) {
                size.incrementAndGet();
                return true;
            }
        }
    }

    private boolean makeRoom() {
        int now = size.get();
        // Where everything that was added is removed again, there is nothing to sweep.
        if (now == 0) return true;
        int bucket = swept;
        for (int looked = 0; looked < SWEPT_PER_ADDITION; looked++) {
            bucket = bucket(bucket + 1);
            looked += sweep(bucket);
        }
        swept = bucket;
        return size.get() < most;
    }

    /**
     * Forgets an object.
     *
     * @return what was known of it; given to one caller only
     */
    @SuppressWarnings("unchecked")
    public @Nullable V remove(Object key) {
        if (isEmpty()) return null;
        int hash = hash(key);
        int bucket = bucket(hash);
        Entry head = buckets.get(bucket);
        Entry entry = find(bucket, head, hash, key);
        Object value = entry == null ? null : take(entry);
        if (value == null || entry == null) return null;
        if (entry == head) buckets.compareAndSet(bucket, head, entry.next);
        else find(bucket, head, hash, key);
        return (V) value;
    }

    private @Nullable Object take(Entry entry) {
        Object value = VALUE.getAndSet(entry, null);
        if (value != null) size.decrementAndGet();
        return value;
    }

    /** Forgets every object that was collected. Happens by itself, bucket by bucket, when objects are added. */
    public void sweep() {
        for (int bucket = 0; bucket < buckets.length(); bucket++) sweep(bucket);
    }

    /** @return how many entries there were */
    @SuppressWarnings("unchecked")
    private int sweep(int bucket) {
        Entry head = buckets.get(bucket);
        int count = 0;
        boolean any = false;
        for (Entry entry = head; entry != null; entry = entry.next) {
            count++;
            Object value = entry.refersTo(null) ? take(entry) : null;
            any |= entry.value == null;
            if (value != null && whenCollected != null) whenCollected.collected((V) value);
        }
        if (any) find(bucket, head, 0, this);
        return count;
    }

    /** The entry of a key in a chain, which loses the entries without a value that come before it. */
    private @Nullable Entry find(int bucket, @Nullable Entry head, int hash, Object key) {
        Entry before = null;
        Entry entry = head;
        while (entry != null) {
            Entry next = entry.next;
            if (entry.value == null) {
                if (before == null) buckets.compareAndSet(bucket, entry, next);
                // The entry before may be gone too by now: then this one stays for somebody else to unlink.
                else before.next = next;
            } else {
                if (entry.hash == hash && entry.refersTo(key)) return entry;
                before = entry;
            }
            entry = next;
        }
        return null;
    }

    /** Where to look for an object; the same for all its life. */
    int hash(Object key) {
        return System.identityHashCode(key);
    }

    private int bucket(int hash) {
        return hash & (buckets.length() - 1);
    }
}
