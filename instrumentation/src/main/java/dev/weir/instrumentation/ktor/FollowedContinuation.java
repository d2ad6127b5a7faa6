package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.shared.coroutines.Outcome;
import io.ktor.client.request.HttpResponseData;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import org.jspecify.annotations.Nullable;

/**
 * Learns how a call ends that its engine has suspended. Lets go of all that it knows when the call is over: Jetty's client
 * keeps it for as long as the connection lives.
 */
final class FollowedContinuation implements Continuation<Object> {

    private final CoroutineContext context;
    private @Nullable Continuation<Object> continuation;
    private @Nullable RequestFacts request;

    FollowedContinuation(Continuation<Object> continuation, RequestFacts request) {
        this.context = continuation.getContext();
        this.continuation = continuation;
        this.request = request;
    }

    @Override
    public CoroutineContext getContext() {
        return context;
    }

    @Override
    public void resumeWith(@Nullable Object result) {
        Continuation<Object> waiting = continuation;
        RequestFacts ending = request;
        continuation = null;
        request = null;
        if (waiting == null || ending == null) return;
        Throwable thrown = Outcome.failure(result);
        Throwable told = ending.end(result instanceof HttpResponseData response ? response : null, thrown);
        waiting.resumeWith(told == null ? result : ResultKt.createFailure(told));
    }
}
