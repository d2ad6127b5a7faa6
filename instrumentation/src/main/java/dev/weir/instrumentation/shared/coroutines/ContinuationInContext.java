package dev.weir.instrumentation.shared.coroutines;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.jvm.internal.ContinuationImpl;
import kotlin.coroutines.jvm.internal.CoroutineStackFrame;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a function that runs in another context than its caller.
 *
 * <p>It is what the Kotlin compiler makes of a function that calls another one and has nothing more to do. Nothing else
 * will do as a continuation: only these are resumed by their dispatcher.
 */
@SuppressWarnings("serial") // Kotlin's own are, and nobody writes them down.
class ContinuationInContext extends ContinuationImpl {

    private final Caller caller;

    /**
     * @param inside the context of the function
     * @param outside the causal context in which the caller goes on
     */
    ContinuationInContext(Continuation<Object> caller, CoroutineContext inside, @Nullable Object outside) {
        this(new Caller(caller, outside), inside);
    }

    private ContinuationInContext(Caller caller, CoroutineContext inside) {
        super(caller, inside);
        this.caller = caller;
    }

    /** The function had suspended and is over. Must not throw. */
    void over(@Nullable Object result) {}

    @Override
    protected final @Nullable Object invokeSuspend(@Nullable Object result) {
        caller.putsBack = !CausalElement.isOnThisThread(getContext());
        over(result);
        ResultKt.throwOnFailure(result);
        return result;
    }

    /** Goes on in the causal context in which it called. Coroutines look for their own on the other side of it. */
    private static final class Caller implements Continuation<Object>, CoroutineStackFrame {

        private final Continuation<Object> continuation;
        private final @Nullable Object causal;
        private boolean putsBack;

        Caller(Continuation<Object> continuation, @Nullable Object causal) {
            this.continuation = continuation;
            this.causal = causal;
        }

        @Override
        public CoroutineContext getContext() {
            return continuation.getContext();
        }

        @Override
        public void resumeWith(Object result) {
            if (putsBack) {
                InContext.run(causal, continuation, result, Continuation::resumeWith);
            } else {
                // Whoever has put the element's context on this thread takes it off, and may have done so when this
                // returns.
                Hooks.enter(causal);
                continuation.resumeWith(result);
            }
        }

        @Override
        public @Nullable CoroutineStackFrame getCallerFrame() {
            return continuation instanceof CoroutineStackFrame frame ? frame : null;
        }

        @Override
        public @Nullable StackTraceElement getStackTraceElement() {
            return null;
        }
    }
}
