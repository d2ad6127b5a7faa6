package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import org.jspecify.annotations.Nullable;

/**
 * What of a library a causal context is the inside of. It is found on every thread that the context reaches, and only
 * where nothing else has begun in between.
 */
public final class Inside {

    /** More runs, model calls and tool calls at one time than this, and some of the next are not known here. */
    private static final int MOST = 100_000;

    private static final WeakIdentityMap<Object> OPEN = new WeakIdentityMap<>(MOST);

    private Inside() {}

    /** The present context is the inside of this. Returns what {@link #over} needs. */
    public static @Nullable Object put(Object what) {
        Object scope = Hooks.scope();
        if (scope != null) OPEN.put(scope, what);
        return scope;
    }

    /** It is over; nothing shall be kept for its sake. */
    public static void over(@Nullable Object scope) {
        if (scope != null) OPEN.remove(scope);
    }

    /** What the present context is the inside of; {@code null} when it is nothing of this library. */
    public static @Nullable Object get() {
        Object scope = OPEN.isEmpty() ? null : Hooks.scope();
        return scope == null ? null : OPEN.get(scope);
    }

    /** Whether the present context is the inside of this very thing. */
    public static boolean of(Object what) {
        return get() == what;
    }
}
