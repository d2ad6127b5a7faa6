package dev.weir.instrumentation.ktor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import org.jspecify.annotations.Nullable;

/** A coroutine without a dispatcher, as a future. */
final class Coroutine<T> implements Continuation<T> {

    /** A suspending function. */
    interface Body<T> {

        @Nullable
        Object run(Continuation<? super T> next) throws Exception;
    }

    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final CoroutineContext context;

    private Coroutine(CoroutineContext context) {
        this.context = context;
    }

    static <T> CompletableFuture<T> start(Body<T> body) {
        return start(EmptyCoroutineContext.INSTANCE, body);
    }

    static <T> CompletableFuture<T> start(CoroutineContext context, Body<T> body) {
        Coroutine<T> coroutine = new Coroutine<>(context);
        try {
            Object returned = body.run(coroutine);
            if (returned != IntrinsicsKt.getCOROUTINE_SUSPENDED()) coroutine.resumeWith(returned);
        } catch (Throwable t) {
            coroutine.future.completeExceptionally(t);
        }
        return coroutine.future;
    }

    /** In a suspending function: waits for the stage, and goes on with what it ends with. */
    static <S, T> @Nullable Object awaited(
            CompletionStage<S> stage,
            Continuation<? super T> next,
            BiFunction<S, Continuation<? super T>, Object> rest) {
        stage.whenComplete((value, thrown) -> {
            Continuation<? super T> dispatched = IntrinsicsKt.intercepted(next);
            Object result;
            try {
                result = thrown == null ? rest.apply(value, next) : ResultKt.createFailure(cause(thrown));
            } catch (Throwable t) {
                result = ResultKt.createFailure(t);
            }
            if (result != IntrinsicsKt.getCOROUTINE_SUSPENDED()) resume(dispatched, result);
        });
        return IntrinsicsKt.getCOROUTINE_SUSPENDED();
    }

    private static Throwable cause(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void resume(Continuation<?> continuation, @Nullable Object result) {
        ((Continuation) continuation).resumeWith(result);
    }

    @Override
    public CoroutineContext getContext() {
        return context;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void resumeWith(@Nullable Object result) {
        try {
            ResultKt.throwOnFailure(result);
        } catch (Throwable t) {
            future.completeExceptionally(t);
            return;
        }
        future.complete((T) result);
    }
}
