package dev.weir.instrumentation.reactorretry;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.reactivestreams.TrySubscriber;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/** Stands at the end of one try: what comes after the operator that retries is no part of it. */
final class Try<T> extends TrySubscriber<T> implements CoreSubscriber<T> {

    private final CoreSubscriber<? super T> actual;
    private final @Nullable Object cause;

    /** @param single whether the first element is all there is */
    Try(CoreSubscriber<? super T> actual, Call call, @Nullable Object cause, boolean single) {
        super(actual, call, single);
        this.actual = actual;
        this.cause = cause;
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    protected Throwable givenUp() {
        return new CancellationException("cancelled");
    }

    @Override
    protected @Nullable Object enter() {
        return Hooks.enter(cause);
    }

    @Override
    protected void exit(@Nullable Object before) {
        Hooks.exit(before);
    }
}
