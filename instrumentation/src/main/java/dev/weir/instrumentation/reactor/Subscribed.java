package dev.weir.instrumentation.reactor;

import dev.weir.instrumentation.shared.reactivestreams.SubscriberInContext;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.util.context.Context;

/** Stands below a source, and hears of its signals in the causal context in which somebody subscribed. */
final class Subscribed<T> extends SubscriberInContext<T> implements CoreSubscriber<T>, Scannable {

    private final CoreSubscriber<? super T> actual;

    Subscribed(CoreSubscriber<? super T> actual, @Nullable Object context) {
        super(actual, context);
        this.actual = actual;
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public @Nullable Object scanUnsafe(Attr key) {
        return key == Attr.ACTUAL ? actual : null;
    }
}
