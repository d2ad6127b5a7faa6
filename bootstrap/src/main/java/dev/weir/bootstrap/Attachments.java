package dev.weir.bootstrap;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which call a library's object belongs to, where the object itself cannot say.
 *
 * <p>Advice exists once beside each class loader of a library, and so does what it remembers in static fields; this exists
 * once. Objects are told apart by identity and held weakly, and so are their calls: something else must keep a call that
 * is still wanted.
 */
public final class Attachments {

    private static final class Key extends WeakReference<Object> {

        private final int hash;

        Key(Object object, @Nullable ReferenceQueue<Object> queue) {
            super(object, queue);
            this.hash = System.identityHashCode(object);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) return true;
            if (!(other instanceof Key key)) return false;
            Object object = get();
            return object != null && object == key.get();
        }
    }

    private static final ConcurrentHashMap<Key, WeakReference<Call>> calls = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Object> gone = new ReferenceQueue<>();

    private Attachments() {}

    /** The object belongs to this call from now on. */
    public static void attach(Object object, Call call) {
        for (Reference<?> dead = gone.poll(); dead != null; dead = gone.poll()) calls.remove(dead);
        calls.put(new Key(object, gone), new WeakReference<>(call));
    }

    /** The object belongs to no call any more. */
    public static void detach(Object object) {
        calls.remove(new Key(object, null));
    }

    /** The call that the object belongs to; {@code null} when there is none. */
    public static @Nullable Call of(Object object) {
        if (calls.isEmpty()) return null;
        WeakReference<Call> call = calls.get(new Key(object, null));
        return call == null ? null : call.get();
    }
}
