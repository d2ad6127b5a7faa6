package dev.weir.instrumentation.rxjava3;

import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.shared.reactivestreams.SubscriberInContext;
import io.reactivex.rxjava3.core.CompletableObserver;
import io.reactivex.rxjava3.core.FlowableSubscriber;
import io.reactivex.rxjava3.core.MaybeObserver;
import io.reactivex.rxjava3.core.Observer;
import io.reactivex.rxjava3.core.SingleObserver;
import io.reactivex.rxjava3.disposables.Disposable;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;

/**
 * Those who stand below a source, one for each base type, and hear of its signals in the causal context in which somebody
 * subscribed. They hand on what they subscribe to as it is: an operator below may ask it to be a queue.
 */
final class Heard {

    private Heard() {}

    /** For {@code Flowable}. */
    static final class BySubscriber<T> extends SubscriberInContext<T> implements FlowableSubscriber<T> {

        BySubscriber(Subscriber<? super T> actual, @Nullable Object context) {
            super(actual, context);
        }
    }

    /** For {@code Observable}. */
    static final class ByObserver<T> implements Observer<T> {

        private final Observer<? super T> actual;
        private final @Nullable Object context;

        ByObserver(Observer<? super T> actual, @Nullable Object context) {
            this.actual = actual;
            this.context = context;
        }

        @Override
        public void onSubscribe(Disposable disposable) {
            InContext.run(context, actual, disposable, Observer::onSubscribe);
        }

        @Override
        public void onNext(T item) {
            InContext.<Observer<? super T>, T, RuntimeException>run(context, actual, item, Observer::onNext);
        }

        @Override
        public void onError(Throwable thrown) {
            InContext.run(context, actual, thrown, Observer::onError);
        }

        @Override
        public void onComplete() {
            InContext.run(context, actual, Observer::onComplete);
        }
    }

    /** For {@code Single}. */
    static final class BySingleObserver<T> implements SingleObserver<T> {

        private final SingleObserver<? super T> actual;
        private final @Nullable Object context;

        BySingleObserver(SingleObserver<? super T> actual, @Nullable Object context) {
            this.actual = actual;
            this.context = context;
        }

        @Override
        public void onSubscribe(Disposable disposable) {
            InContext.run(context, actual, disposable, SingleObserver::onSubscribe);
        }

        @Override
        public void onSuccess(T item) {
            InContext.<SingleObserver<? super T>, T, RuntimeException>run(
                    context, actual, item, SingleObserver::onSuccess);
        }

        @Override
        public void onError(Throwable thrown) {
            InContext.run(context, actual, thrown, SingleObserver::onError);
        }
    }

    /** For {@code Maybe}. */
    static final class ByMaybeObserver<T> implements MaybeObserver<T> {

        private final MaybeObserver<? super T> actual;
        private final @Nullable Object context;

        ByMaybeObserver(MaybeObserver<? super T> actual, @Nullable Object context) {
            this.actual = actual;
            this.context = context;
        }

        @Override
        public void onSubscribe(Disposable disposable) {
            InContext.run(context, actual, disposable, MaybeObserver::onSubscribe);
        }

        @Override
        public void onSuccess(T item) {
            InContext.<MaybeObserver<? super T>, T, RuntimeException>run(
                    context, actual, item, MaybeObserver::onSuccess);
        }

        @Override
        public void onError(Throwable thrown) {
            InContext.run(context, actual, thrown, MaybeObserver::onError);
        }

        @Override
        public void onComplete() {
            InContext.run(context, actual, MaybeObserver::onComplete);
        }
    }

    /** For {@code Completable}. */
    static final class ByCompletableObserver implements CompletableObserver {

        private final CompletableObserver actual;
        private final @Nullable Object context;

        ByCompletableObserver(CompletableObserver actual, @Nullable Object context) {
            this.actual = actual;
            this.context = context;
        }

        @Override
        public void onSubscribe(Disposable disposable) {
            InContext.run(context, actual, disposable, CompletableObserver::onSubscribe);
        }

        @Override
        public void onError(Throwable thrown) {
            InContext.run(context, actual, thrown, CompletableObserver::onError);
        }

        @Override
        public void onComplete() {
            InContext.run(context, actual, CompletableObserver::onComplete);
        }
    }
}
