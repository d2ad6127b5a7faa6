package dev.weir.instrumentation.jdbc;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is known of objects that are not ours. Keeps none of them alive and never calls their methods. */
final class WeakIdentityMap<V> {

    private final ConcurrentHashMap<Object, V> entries = new ConcurrentHashMap<>();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

    @Nullable
    V get(Object object) {
        return entries.get(new Sought(object));
    }

    void put(Object object, V value) {
        for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) entries.remove(gone);
        entries.put(new Kept(object, collected), value);
    }

    void remove(Object object) {
        entries.remove(new Sought(object));
    }

    int size() {
        return entries.size();
    }

    /** A key for one look-up. */
    private static final class Sought {

        private final Object object;

        Sought(Object object) {
            this.object = object;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(object);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Kept kept && kept.refersTo(object);
        }
    }

    private static final class Kept extends WeakReference<Object> {

        private final int hash;

        Kept(Object object, ReferenceQueue<Object> collected) {
            super(object, collected);
            hash = System.identityHashCode(object);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) return true;
            if (!(other instanceof Kept kept)) return false;
            Object object = get();
            return object != null && kept.refersTo(object);
        }
    }
}
