package dev.weir.instrumentation.threads;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Contexts on their way to another thread, kept beside the task or thread that they go with.
 *
 * <p>Keys are compared by identity and held weakly: the application never sees a task that is not its own, none of its
 * {@code hashCode} or {@code equals} is called, and a task that is dropped takes its context along.
 */
final class InFlight {

    private static final int STRIPE_BITS = 5;
    private static final int SMALLEST = 16;
    private static final Stripe[] STRIPES = new Stripe[1 << STRIPE_BITS];
    private static final AtomicInteger SIZE = new AtomicInteger();
    private static final ReferenceQueue<Object> DROPPED = new ReferenceQueue<>();

    static {
        for (int i = 0; i < STRIPES.length; i++) STRIPES[i] = new Stripe();
    }

    private InFlight() {}

    /** Whether there is nothing to find. Cheap, for the way of tasks that have no context. */
    static boolean isEmpty() {
        return SIZE.get() == 0;
    }

    /** How many there are. */
    static int size() {
        return SIZE.get();
    }

    /** Sends a context along, unless one is already on its way with this key. */
    static boolean put(Object key, Object context) {
        return put(key, context, false);
    }

    /** Sends a context along, in place of the one that is already on its way with this key. */
    static void replace(Object key, Object context) {
        put(key, context, true);
    }

    /** The context that goes with this key, which stays on its way. */
    static @Nullable Object peek(Object key) {
        int hash = System.identityHashCode(key);
        return stripe(hash).find(hash, key, false);
    }

    /** The context that went with this key, which has now arrived. */
    static @Nullable Object take(Object key) {
        int hash = System.identityHashCode(key);
        return stripe(hash).find(hash, key, true);
    }

    private static boolean put(Object key, Object context, boolean replace) {
        for (Reference<?> dropped = DROPPED.poll(); dropped != null; dropped = DROPPED.poll()) {
            if (dropped instanceof Entry entry) stripe(entry.hash).drop(entry);
        }
        int hash = System.identityHashCode(key);
        return stripe(hash).put(hash, key, context, replace);
    }

    private static Stripe stripe(int hash) {
        return STRIPES[hash & (STRIPES.length - 1)];
    }

    private static final class Entry extends WeakReference<Object> {

        final int hash;
        Object context;

        @Nullable
        Entry next;

        Entry(Object key, int hash, Object context, @Nullable Entry next) {
            super(key, DROPPED);
            this.hash = hash;
            this.context = context;
            this.next = next;
        }
    }

    /** A part of the table with its own lock. */
    private static final class Stripe {

        private @Nullable Entry[] table = new Entry[SMALLEST];
        private int count;

        synchronized boolean put(int hash, Object key, Object context, boolean replace) {
            int bucket = bucket(hash, table.length);
            for (Entry entry = table[bucket]; entry != null; entry = entry.next) {
                if (entry.hash != hash || !entry.refersTo(key)) continue;
                if (replace) entry.context = context;
                return false;
            }
            if (count >= table.length) {
                resize(table.length * 2);
                bucket = bucket(hash, table.length);
            }
            table[bucket] = new Entry(key, hash, context, table[bucket]);
            changed(1);
            return true;
        }

        synchronized @Nullable Object find(int hash, Object key, boolean remove) {
            int bucket = bucket(hash, table.length);
            Entry before = null;
            for (Entry entry = table[bucket]; entry != null; before = entry, entry = entry.next) {
                if (entry.hash != hash || !entry.refersTo(key)) continue;
                if (remove) unlink(bucket, before, entry);
                return entry.context;
            }
            return null;
        }

        synchronized void drop(Entry dropped) {
            int bucket = bucket(dropped.hash, table.length);
            Entry before = null;
            for (Entry entry = table[bucket]; entry != null; before = entry, entry = entry.next) {
                if (entry != dropped) continue;
                unlink(bucket, before, entry);
                return;
            }
        }

        private void unlink(int bucket, @Nullable Entry before, Entry entry) {
            if (before == null) table[bucket] = entry.next;
            else before.next = entry.next;
            changed(-1);
            // A burst must not hold its memory for ever.
            if (count == 0 && table.length > SMALLEST * 16) table = new Entry[SMALLEST];
        }

        private void changed(int by) {
            count += by;
            SIZE.addAndGet(by);
        }

        private void resize(int length) {
            @Nullable Entry[] larger = new Entry[length];
            for (Entry first : table) {
                Entry entry = first;
                while (entry != null) {
                    Entry next = entry.next;
                    int bucket = bucket(entry.hash, length);
                    entry.next = larger[bucket];
                    larger[bucket] = entry;
                    entry = next;
                }
            }
            table = larger;
        }

        private static int bucket(int hash, int length) {
            return (hash >>> STRIPE_BITS) & (length - 1);
        }
    }
}
