package dev.weir.instrumentation.reactornetty;

import dev.weir.instrumentation.shared.InContext;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/** Hears of everything in the causal context in which it was made. */
final class SubscriberInContext implements CoreSubscriber<Object> {

    private final CoreSubscriber<Object> actual;
    private final Object context;

    SubscriberInContext(CoreSubscriber<Object> actual, Object context) {
        this.actual = actual;
        this.context = context;
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        InContext.run(context, actual, subscription, CoreSubscriber::onSubscribe);
    }

    @Override
    public void onNext(Object next) {
        InContext.run(context, actual, next, CoreSubscriber::onNext);
    }

    @Override
    public void onError(Throwable thrown) {
        InContext.run(context, actual, thrown, CoreSubscriber::onError);
    }

    @Override
    public void onComplete() {
        InContext.run(context, actual, CoreSubscriber::onComplete);
    }
}
