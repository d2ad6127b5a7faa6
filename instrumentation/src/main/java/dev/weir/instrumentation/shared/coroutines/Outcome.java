package dev.weir.instrumentation.shared.coroutines;

import kotlin.Result;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import org.jspecify.annotations.Nullable;

/** How a suspending function ends, as the Kotlin compiler writes it. */
public final class Outcome {

    private Outcome() {}

    /** Whether a function has not returned for good, but will resume its continuation. */
    public static boolean isSuspended(@Nullable Object returned) {
        return returned == IntrinsicsKt.getCOROUTINE_SUSPENDED();
    }

    /** What a continuation is resumed with instead of a value; {@code null} when it is a value. */
    public static @Nullable Throwable failure(@Nullable Object result) {
        return result instanceof Result.Failure failure ? failure.exception : null;
    }
}
