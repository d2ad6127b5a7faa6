package dev.weir.instrumentation.shared.coroutines;

import dev.weir.instrumentation.shared.Lasting;
import kotlin.coroutines.Continuation;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a suspending function that has a scope around it: the function runs in the scope, wherever it is resumed, and
 * its caller does not.
 */
@SuppressWarnings("serial") // Kotlin's own are, and nobody writes them down.
public final class ScopedContinuation extends ContinuationInContext {

    private final Lasting<?> scope;
    private final @Nullable Lasting<Object> listener;

    private ScopedContinuation(
            Lasting<?> scope, @Nullable Lasting<Object> listener, Continuation<Object> caller, Object inside) {
        super(caller, CausalElement.in(caller.getContext(), inside), scope.outside());
        this.scope = scope;
        this.listener = listener;
    }

    /**
     * What the function is to resume in its caller's place.
     *
     * @param scope has begun, and hears of what the function returns; {@code null} for none
     */
    public static Continuation<Object> of(@Nullable Lasting<Object> scope, Continuation<Object> caller) {
        return scope == null ? caller : of(scope, scope, caller);
    }

    /**
     * What the function is to resume in its caller's place.
     *
     * @param scope has begun
     * @param listener hears of what the function returns
     */
    static Continuation<Object> of(Lasting<?> scope, @Nullable Lasting<Object> listener, Continuation<Object> caller) {
        Object inside = scope.isOpen() ? scope.inside() : null;
        return inside == null ? caller : new ScopedContinuation(scope, listener, caller, inside);
    }

    /** The function has returned, has thrown, or has suspended: this thread is done with it. */
    public static void returned(@Nullable Lasting<Object> scope, @Nullable Object result, @Nullable Throwable thrown) {
        if (scope != null) returned(scope, scope, result, thrown);
    }

    static void returned(
            Lasting<?> scope, @Nullable Lasting<Object> listener, @Nullable Object result, @Nullable Throwable thrown) {
        if (thrown != null || !Outcome.isSuspended(result)) end(scope, listener, result, thrown);
        scope.leave();
    }

    private static void end(
            Lasting<?> scope, @Nullable Lasting<Object> listener, @Nullable Object result, @Nullable Throwable thrown) {
        if (thrown == null && result != null && listener != null) listener.heard(result);
        scope.end(thrown);
    }

    @Override
    void over(@Nullable Object result) {
        end(scope, listener, result, Outcome.failure(result));
    }
}
