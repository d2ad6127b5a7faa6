package dev.weir.bootstrap;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Which call a library's object belongs to, where the object itself cannot say.
 *
 * <p>Advice exists once beside each class loader of a library, and so does what it remembers in static fields; this exists
 * once. Objects are told apart by identity and held weakly, and so are their calls: something else must keep a call that
 * is still wanted.
 */
public final class Attachments {

    private static final int MOST = 1 << 16;

    private static final WeakIdentityMap<WeakReference<Call>> calls = new WeakIdentityMap<>(MOST);

    private Attachments() {}

    /** The object belongs to this call from now on. */
    public static void attach(Object object, Call call) {
        calls.put(object, new WeakReference<>(call));
    }

    /** The object belongs to no call any more. */
    public static void detach(Object object) {
        calls.remove(object);
    }

    /** The call that the object belongs to; {@code null} when there is none. */
    public static @Nullable Call of(Object object) {
        WeakReference<Call> call = calls.get(object);
        return call == null ? null : call.get();
    }
}
