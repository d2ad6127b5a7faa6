package dev.weir.instrumentation.shared.reactivestreams;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;

/** Stands at the end of one try, between what is subscribed to and the operator that retries. */
public abstract class TrySubscriber<T> extends FollowedSubscriber<T> {

    private final @Nullable Call call;
    private final boolean single;

    /** @param single whether the first item is all there is */
    protected TrySubscriber(Subscriber<? super T> actual, @Nullable Call call, boolean single) {
        super(actual);
        this.call = call;
        this.single = single;
    }

    /** What the try has failed with when it is given up; {@code null} when it has not. */
    protected abstract @Nullable Throwable givenUp();

    @Override
    protected final T item(T item) {
        if (single) Hooks.end(call, 0, null);
        return item;
    }

    @Override
    protected final void over(@Nullable Throwable thrown) {
        Hooks.end(call, 0, thrown);
    }

    @Override
    protected final void cancelled() {
        Hooks.end(call, 0, givenUp());
    }
}
