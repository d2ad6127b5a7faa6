package dev.weir.instrumentation.vertx;

import dev.weir.instrumentation.shared.InContext;
import io.vertx.core.Completable;
import org.jspecify.annotations.Nullable;

/** A future's listener of Vert.x 5, run in the context in which it was added. Vert.x 4 has no such type. */
final class CompletingInContext<T> extends HandedOver implements Completable<T> {

    private final Completable<T> completable;

    private CompletingInContext(Object context, Completable<T> completable) {
        super(context);
        this.completable = completable;
    }

    static <T> @Nullable Completable<T> of(@Nullable Completable<T> completable) {
        Object context = contextFor(completable);
        return context == null || completable == null ? completable : new CompletingInContext<>(context, completable);
    }

    @Override
    public void complete(T result, Throwable failure) {
        InContext.run(context, completable, result, failure, Completable::complete);
    }
}
