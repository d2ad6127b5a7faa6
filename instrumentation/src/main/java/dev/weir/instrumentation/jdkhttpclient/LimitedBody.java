package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.DeadlineTimer;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Ends a response body that is still coming when the deadline passes. A request's own timeout ends with its headers. */
final class LimitedBody<T> implements HttpResponse.BodySubscriber<T> {

    private final HttpResponse.BodySubscriber<T> application;
    private final long deadlineNanos;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Future<?> timer;

    private LimitedBody(HttpResponse.BodySubscriber<T> application, long deadlineNanos) {
        this.application = application;
        this.deadlineNanos = deadlineNanos;
    }

    static <T> HttpResponse.BodyHandler<T> handler(HttpResponse.BodyHandler<T> handler, long millis) {
        long deadlineNanos = System.nanoTime() + millis * 1_000_000;
        return response -> new LimitedBody<>(handler.apply(response), deadlineNanos);
    }

    @Override
    public CompletionStage<T> getBody() {
        return application.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        long millis = Math.max(0, (deadlineNanos - System.nanoTime()) / 1_000_000);
        timer = DeadlineTimer.after(millis, () -> {
            if (!over.compareAndSet(false, true)) return;
            // The application's subscriber first: cancelling first lets the client's own error win.
            application.onError(new HttpTimeoutException(
                    "weir: the deadline passed while the body was read " + DeadlineTimer.RULE));
            subscription.cancel();
        });
        application.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        if (!over.get()) application.onNext(item);
    }

    @Override
    public void onError(Throwable thrown) {
        if (finish()) application.onError(thrown);
    }

    @Override
    public void onComplete() {
        if (finish()) application.onComplete();
    }

    private boolean finish() {
        Future<?> pending = timer;
        if (pending != null) pending.cancel(false);
        return over.compareAndSet(false, true);
    }
}
