package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/**
 * Gives a call a cause of its own, for as long as its thread is busy with it. An interceptor's call, made while another
 * call of the same client is open, would else be taken for half of that one; and a call that a library's own thread makes
 * would have no cause.
 */
public final class OwnCause {

    /** The cause is what the thread is doing, as it is for nearly all calls. */
    public static final OwnCause NONE = new OwnCause(null, false);

    private boolean entered;
    private @Nullable Object before;

    private OwnCause(@Nullable Object before, boolean entered) {
        this.before = before;
        this.entered = entered;
    }

    /** The call is to be no part of the one that is open, though caused by the same. */
    public static OwnCause apart() {
        return of(Hooks.capture());
    }

    /** The call is caused by what was captured, whatever this thread is doing. */
    public static OwnCause of(@Nullable Object captured) {
        return new OwnCause(Hooks.enter(captured), true);
    }

    /** The thread goes on with what it did before. May be said when it has not left that. */
    public void leave() {
        if (!entered) return;
        Hooks.exit(before);
        entered = false;
        before = null;
    }
}
