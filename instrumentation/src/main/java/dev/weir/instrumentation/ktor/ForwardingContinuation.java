package dev.weir.instrumentation.ktor;

import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;

/** Stands before the continuation of whoever waits for something. */
abstract class ForwardingContinuation implements Continuation<Object> {

    final Continuation<Object> continuation;

    ForwardingContinuation(Continuation<Object> continuation) {
        this.continuation = continuation;
    }

    @Override
    public final CoroutineContext getContext() {
        return continuation.getContext();
    }
}
