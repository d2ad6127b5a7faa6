package dev.weir.instrumentation.koog;

import dev.weir.instrumentation.shared.Lasting;
import dev.weir.instrumentation.shared.RetryLoop;
import dev.weir.instrumentation.shared.coroutines.ScopedContinuation;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function1;
import org.jspecify.annotations.Nullable;

/** A suspending function that is called again until it succeeds: each call is a try. */
final class Tries implements Function1<Continuation<Object>, Object> {

    private final Function1<Continuation<Object>, Object> action;
    private final RetryLoop loop = new RetryLoop(KoogInstrumentation.NAME, "koog");

    Tries(Function1<Continuation<Object>, Object> action) {
        this.action = action;
    }

    @Override
    public @Nullable Object invoke(Continuation<Object> caller) {
        Lasting<Object> next = loop.next();
        next.begin();
        Object result = null;
        Throwable thrown = null;
        try {
            result = action.invoke(ScopedContinuation.of(next, caller));
            return result;
        } catch (Throwable t) {
            thrown = t;
            throw t;
        } finally {
            ScopedContinuation.returned(next, result, thrown);
        }
    }
}
