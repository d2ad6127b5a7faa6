package dev.weir.instrumentation.threads;

import dev.weir.bootstrap.WeakIdentityMap;
import org.jspecify.annotations.Nullable;

/**
 * Contexts on their way to another thread, kept beside the task or thread that they go with.
 *
 * <p>The application never sees a task that is not its own, none of its {@code hashCode} or {@code equals} is called, and
 * a task that is dropped takes its context along.
 */
final class InFlight {

    /** More tasks than this that wait in queues, and the next go without a context. */
    private static final int MOST = 1 << 18;

    private static final WeakIdentityMap<Object> contexts = new WeakIdentityMap<>(MOST);

    private InFlight() {}

    /** Whether there is nothing to find. Cheap, for the way of tasks that have no context. */
    static boolean isEmpty() {
        return contexts.isEmpty();
    }

    /** How many there are. */
    static int size() {
        return contexts.size();
    }

    /** Sends a context along, unless one is already on its way with this key. */
    static boolean put(Object key, Object context) {
        return contexts.putIfAbsent(key, context);
    }

    /** Sends a context along, in place of the one that is already on its way with this key. */
    static void replace(Object key, Object context) {
        contexts.put(key, context);
    }

    /** The context that goes with this key, which stays on its way. */
    static @Nullable Object peek(Object key) {
        return contexts.get(key);
    }

    /** The context that went with this key, which has now arrived. */
    static @Nullable Object take(Object key) {
        return contexts.remove(key);
    }
}
