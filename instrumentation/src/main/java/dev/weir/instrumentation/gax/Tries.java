package dev.weir.instrumentation.gax;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.OwnCause;
import dev.weir.instrumentation.shared.RetryLoop;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tries of one logical call. All but the first begin on a scheduler's thread, and none ends before its answer. */
final class Tries {

    private final RetryLoop loop = new RetryLoop("gax", "gax");
    private final @Nullable Object cause = Hooks.capture();

    /**
     * Begins the next try.
     *
     * @param action starts it, and sees to it that it is ended
     */
    <T extends @Nullable Object> T next(Function<@Nullable Call, T> action) {
        OwnCause own = OwnCause.of(cause);
        Call call = loop.begin();
        try {
            return action.apply(call);
        } catch (Throwable t) {
            Hooks.end(call, 0, t);
            throw t;
        } finally {
            Hooks.leave(call);
            own.leave();
        }
    }
}
