package dev.weir.instrumentation.rxjava3retry;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.RetryLoop;
import io.reactivex.rxjava3.core.ObservableSource;
import io.reactivex.rxjava3.core.Observer;
import io.reactivex.rxjava3.disposables.Disposable;
import org.jspecify.annotations.Nullable;

/** A source without backpressure of which each subscription is a try. */
record TriedSource<T>(ObservableSource<T> source, RetryLoop loop) implements ObservableSource<T> {

    @Override
    public void subscribe(Observer<? super T> observer) {
        loop.start(call -> source.subscribe(call == null ? observer : new Ending<>(observer, call)));
    }

    /** The try is over before its outcome is heard of: whoever hears of it may begin the next one. */
    private static final class Ending<T> implements Observer<T>, Disposable {

        private final Observer<? super T> observer;
        private final Call call;
        private volatile boolean heardOf;
        private @Nullable Disposable disposable;

        Ending(Observer<? super T> observer, Call call) {
            this.observer = observer;
            this.call = call;
        }

        @Override
        public void onSubscribe(Disposable given) {
            disposable = given;
            observer.onSubscribe(this);
        }

        @Override
        public void onNext(T item) {
            heardOf = true;
            observer.onNext(item);
        }

        @Override
        public void onError(Throwable thrown) {
            Hooks.end(call, 0, thrown);
            observer.onError(thrown);
        }

        @Override
        public void onComplete() {
            Hooks.end(call, 0, null);
            observer.onComplete();
        }

        @Override
        public void dispose() {
            if (disposable != null) disposable.dispose();
            Hooks.end(call, 0, RxJava3RetryInstrumentation.givenUp(heardOf));
        }

        @Override
        public boolean isDisposed() {
            return disposable != null && disposable.isDisposed();
        }
    }
}
