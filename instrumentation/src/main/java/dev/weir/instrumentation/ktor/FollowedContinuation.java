package dev.weir.instrumentation.ktor;

import dev.weir.instrumentation.shared.coroutines.Outcome;
import io.ktor.client.request.HttpResponseData;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import org.jspecify.annotations.Nullable;

/** Learns how a call ends that its engine has suspended. */
final class FollowedContinuation extends ForwardingContinuation {

    private final RequestFacts request;

    FollowedContinuation(Continuation<Object> continuation, RequestFacts request) {
        super(continuation);
        this.request = request;
    }

    @Override
    public void resumeWith(@Nullable Object result) {
        Throwable thrown = Outcome.failure(result);
        Throwable told = request.end(result instanceof HttpResponseData response ? response : null, thrown);
        continuation.resumeWith(told == null ? result : ResultKt.createFailure(told));
    }
}
