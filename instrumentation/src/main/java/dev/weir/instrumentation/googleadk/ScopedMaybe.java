package dev.weir.instrumentation.googleadk;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.shared.Scoped;
import io.reactivex.rxjava3.core.Maybe;
import io.reactivex.rxjava3.core.MaybeObserver;
import io.reactivex.rxjava3.core.MaybeSource;
import io.reactivex.rxjava3.disposables.Disposable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What an asynchronous method gave that began a scope: the scope is over with the first subscription's outcome, of which is
 * heard outside. A later subscription asks nobody anything again, or is a scope's part of its own.
 */
final class ScopedMaybe<T> extends Maybe<T> {

    private final MaybeSource<T> source;
    private final Scoped<T> scope;

    ScopedMaybe(MaybeSource<T> source, Scoped<T> scope) {
        this.source = source;
        this.scope = scope;
    }

    @Override
    protected void subscribeActual(MaybeObserver<? super T> actual) {
        Object before = Hooks.enter(scope.inside());
        try {
            source.subscribe(new Inner<>(actual, scope));
        } catch (Throwable fatal) {
            scope.end(fatal);
            throw fatal;
        } finally {
            Hooks.exit(before);
        }
    }

    private static final class Inner<T> implements MaybeObserver<T>, Disposable {

        private final MaybeObserver<? super T> actual;
        private final Scoped<T> scope;
        private volatile @Nullable Disposable upstream;

        Inner(MaybeObserver<? super T> actual, Scoped<T> scope) {
            this.actual = actual;
            this.scope = scope;
        }

        @Override
        public void onSubscribe(Disposable disposable) {
            upstream = disposable;
            InContext.run(scope.outside(), actual, this, MaybeObserver::onSubscribe);
        }

        @Override
        public void onSuccess(T item) {
            scope.heard(item);
            scope.end(null);
            InContext.<MaybeObserver<? super T>, T, RuntimeException>run(
                    scope.outside(), actual, item, MaybeObserver::onSuccess);
        }

        @Override
        public void onError(Throwable thrown) {
            scope.end(thrown);
            InContext.run(scope.outside(), actual, thrown, MaybeObserver::onError);
        }

        @Override
        public void onComplete() {
            scope.end(null);
            InContext.run(scope.outside(), actual, MaybeObserver::onComplete);
        }

        @Override
        public void dispose() {
            Disposable disposable = upstream;
            if (disposable != null) disposable.dispose();
            scope.end(new CancellationException("cancelled"));
        }

        @Override
        public boolean isDisposed() {
            Disposable disposable = upstream;
            return disposable != null && disposable.isDisposed();
        }
    }
}
