package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/**
 * Turns failing advice off, for good.
 *
 * <p>Every advice class has an index. Woven code asks {@link #intact} before it calls advice, and reports what advice
 * threw to {@link #blow}: the first failure turns off both ends of that advice class, and is said once.
 */
public final class Fuse {

    /** Told once for each fuse that blows. */
    public interface Listener {

        /** The fuse of an advice class blew. Must not throw. */
        void blown(int index, Throwable cause);
    }

    private static final int CAPACITY = 1024;

    // Plain, racy reads: a call more or less through failing advice does no harm, a volatile read on hot paths would.
    private static final boolean[] blown = new boolean[CAPACITY];
    private static volatile @Nullable Listener listener;

    private Fuse() {}

    /** Sets who is told. */
    public static void listen(@Nullable Listener told) {
        listener = told;
    }

    /** How many advice classes there can be. */
    public static int capacity() {
        return CAPACITY;
    }

    /** Whether the advice class of this index may be called. */
    public static boolean intact(int index) {
        return !blown[index];
    }

    /** Turns an advice class off; used for a failure, and by settings. */
    public static void off(int index) {
        blown[index] = true;
    }

    /**
     * Advice threw on its way in. Running out of stack or memory is the application's state, not the advice's fault,
     * and passes.
     */
    public static void blow(Throwable cause, int index) {
        if (cause instanceof VirtualMachineError || cause instanceof ThreadDeath) return;
        boolean first = !blown[index];
        blown[index] = true;
        Listener told = listener;
        if (first && told != null) {
            try {
                told.blown(index, cause);
            } catch (Throwable ignored) {
                // Nobody left to tell.
            }
        }
    }

    /**
     * Advice threw on its way out.
     *
     * @return what the woven method shall throw: what it was about to throw, or, where the call was denied and the
     *     advice could not say so, the denial itself
     */
    public static @Nullable Throwable blowAtExit(
            Throwable cause, int index, @Nullable Object token, @Nullable Throwable thrown) {
        blow(cause, index);
        if (token instanceof Call.Denied denied) {
            return thrown == null ? new IllegalStateException(denied.message()) : thrown;
        }
        if (token instanceof Call open) {
            try {
                // Nobody else will end it, and a call that never ends stays this thread's context.
                Hooks.end(open, 0, thrown);
            } catch (Throwable ignored) {
                // What could be said has been said above.
            }
        }
        return thrown;
    }

    /** What a woven method shall throw: the advice's exception if there is one, else its own. */
    public static @Nullable Throwable either(@Nullable Throwable ofAdvice, @Nullable Throwable own) {
        return ofAdvice != null ? ofAdvice : own;
    }
}
