package dev.weir.instrumentation.gax;

import com.google.api.core.ApiFuture;
import com.google.api.gax.rpc.ApiCallContext;
import com.google.api.gax.rpc.UnaryCallable;
import dev.weir.bootstrap.Hooks;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What gax tries, a try each time. */
final class UnaryTries<Q, R> extends UnaryCallable<Q, R> {

    private final UnaryCallable<Q, R> tried;
    private final Tries tries = new Tries();

    UnaryTries(UnaryCallable<Q, R> tried) {
        this.tried = tried;
    }

    @Override
    public ApiFuture<R> futureCall(Q request, @Nullable ApiCallContext context) {
        return tries.next(call -> {
            ApiFuture<R> future = tried.futureCall(request, context);
            // Before gax hears of it, and begins the next.
            future.addListener(() -> Hooks.end(call, 0, failure(future)), Runnable::run);
            return future;
        });
    }

    /** Of a future that is done. */
    private static @Nullable Throwable failure(ApiFuture<?> future) {
        try {
            future.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (CancellationException | InterruptedException e) {
            return e;
        }
    }
}
