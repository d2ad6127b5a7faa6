package dev.weir.instrumentation.reactornetty;

import dev.weir.instrumentation.shared.reactivestreams.SubscriberInContext;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/** Hears of a body in the causal context in which it was subscribed to. */
final class BodySubscriber extends SubscriberInContext<Object> implements CoreSubscriber<Object> {

    private final CoreSubscriber<Object> actual;

    BodySubscriber(CoreSubscriber<Object> actual, Object context) {
        super(actual, context);
        this.actual = actual;
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }
}
