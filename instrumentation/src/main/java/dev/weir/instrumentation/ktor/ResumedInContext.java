package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.shared.InContext;
import kotlin.coroutines.Continuation;
import org.jspecify.annotations.Nullable;

/** Goes on in the causal context in which it was asked to wait, on whatever thread. */
final class ResumedInContext extends ForwardingContinuation {

    private final Object cause;

    ResumedInContext(Continuation<Object> continuation, Object cause) {
        super(continuation);
        this.cause = cause;
    }

    @Override
    public void resumeWith(@Nullable Object result) {
        InContext.run(cause, continuation, resumed -> resumed.resumeWith(result));
    }
}
