package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.Call;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/**
 * A response's future that completes after the call has ended, so that whoever acts on it acts on a settled call.
 * Cancelling it cancels the exchange.
 */
final class EndedFuture<T> extends CompletableFuture<T> {

    private final CompletableFuture<T> exchange;

    private EndedFuture(CompletableFuture<T> exchange) {
        this.exchange = exchange;
    }

    static <T> CompletableFuture<T> of(Call call, CompletableFuture<T> exchange) {
        EndedFuture<T> ended = new EndedFuture<>(exchange);
        exchange.whenComplete((result, thrown) -> {
            try {
                RequestFacts.end(call, result instanceof HttpResponse<?> response ? response : null, thrown);
            } finally {
                if (thrown != null) ended.completeExceptionally(thrown);
                else ended.complete(result);
            }
        });
        return ended;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        exchange.cancel(mayInterruptIfRunning);
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new EndedFuture<>(cancelling(exchange));
    }

    @SuppressWarnings("unchecked")
    private static <U> CompletableFuture<U> cancelling(CompletableFuture<?> exchange) {
        return (CompletableFuture<U>) exchange;
    }
}
