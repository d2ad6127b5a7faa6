package dev.weir.instrumentation.vertx;

import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/** A context that was put on this thread, and what was there before. */
final class Entered {

    private final @Nullable Object outer;

    Entered(@Nullable Object context) {
        outer = Hooks.enter(context);
    }

    void exit() {
        Hooks.exit(outer);
    }
}
