package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/**
 * Gives a call a cause of its own, for as long as its thread is busy with it. An interceptor's call, made while another
 * call of the same client is open, would else be taken for half of that one; and a call that a library's own thread makes
 * would have no cause.
 */
public final class OwnCause {

    private boolean entered;
    private @Nullable Object before;

    /** The call is to be no part of the one that is open, though caused by the same. */
    public void apart() {
        of(Hooks.capture());
    }

    /** The call is caused by what was captured, whatever this thread is doing. */
    public void of(@Nullable Object captured) {
        before = Hooks.enter(captured);
        entered = true;
    }

    /** The thread goes on with what it did before. May be said when it has not left that. */
    public void leave() {
        if (entered) Hooks.exit(before);
        entered = false;
        before = null;
    }
}
