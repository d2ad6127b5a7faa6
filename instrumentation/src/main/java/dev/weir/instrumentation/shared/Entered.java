package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/** A context that was put on this thread, and what was there before: a token between two pieces of advice. */
public final class Entered {

    private final @Nullable Object before;

    /** Puts the context on this thread, {@code null} being none. */
    public Entered(@Nullable Object context) {
        before = Hooks.enter(context);
    }

    /** Leaves this thread as it was. */
    public void exit() {
        Hooks.exit(before);
    }
}
