package dev.weir.instrumentation.reactornetty;

import dev.weir.bootstrap.Hooks;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/** Hears of everything in the causal context in which it was made. */
final class InContext implements CoreSubscriber<Object> {

    private final CoreSubscriber<Object> actual;
    private final Object context;

    InContext(CoreSubscriber<Object> actual, Object context) {
        this.actual = actual;
        this.context = context;
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        Object before = Hooks.enter(context);
        try {
            actual.onSubscribe(subscription);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public void onNext(Object next) {
        Object before = Hooks.enter(context);
        try {
            actual.onNext(next);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        Object before = Hooks.enter(context);
        try {
            actual.onError(thrown);
        } finally {
            Hooks.exit(before);
        }
    }

    @Override
    public void onComplete() {
        Object before = Hooks.enter(context);
        try {
            actual.onComplete();
        } finally {
            Hooks.exit(before);
        }
    }
}
