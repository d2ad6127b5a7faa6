package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.WeakIdentityMap;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.jspecify.annotations.Nullable;

/** A request of the asynchronous client. */
final class AsyncRequest extends RequestFacts {

    // What the application's future was asked for in: a scheduler's thread, which starts retries, does not know.
    private static final WeakIdentityMap<Object> CAUSES = new WeakIdentityMap<>(1 << 16);

    private final HttpRequest request;
    private final @Nullable AsyncEntityProducer producer;
    private final AsyncExecChain.Scope scope;
    private final @Nullable Object cause;
    private final FollowedCallback callback;
    private final Deque<Cancellable> running = new ConcurrentLinkedDeque<>();

    AsyncRequest(
            HttpRequest request,
            @Nullable AsyncEntityProducer producer,
            AsyncExecChain.Scope scope,
            AsyncExecCallback callback) {
        super(
                request,
                scope.route.getTargetHost().getSchemeName(),
                scope.route.getTargetHost().getHostName(),
                scope.route.getTargetHost().getPort(),
                scope.clientContext.getRequestConfig());
        this.request = request;
        this.producer = producer;
        this.scope = scope;
        Object here = Hooks.capture();
        if (here != null) CAUSES.putIfAbsent(scope.cancellableDependency, here);
        this.cause = here == null ? CAUSES.get(scope.cancellableDependency) : here;
        this.callback = new FollowedCallback(callback, this, cause);
    }

    static @Nullable AsyncRequest of(@Nullable Call call) {
        return call != null && call.facts() instanceof AsyncRequest facts ? facts : null;
    }

    /** The call that this request is written for. */
    static @Nullable AsyncRequest writing(HttpRequest request) {
        return of(Attachments.of(request));
    }

    @Nullable
    Call begin() {
        Call begun = begin(Hooks.capture() == null ? cause : null);
        if (begun != null && !(begun instanceof Call.Denied)) Attachments.attach(request, begun);
        return begun;
    }

    AsyncExecCallback callback() {
        return callback;
    }

    /** The scope for the rest of the chain. With a limit, it remembers what has to be cancelled. */
    AsyncExecChain.Scope scope() {
        if (!limit().isRunning()) return scope;
        CancellableDependency remembering = new Remembering(scope.cancellableDependency);
        try {
            return new AsyncExecChain.Scope(
                    scope.exchangeId,
                    scope.route,
                    scope.originalRequest,
                    remembering,
                    scope.clientContext,
                    scope.execRuntime,
                    scope.scheduler,
                    scope.execCount);
        } catch (NoSuchFieldError | NoSuchMethodError before51) {
            return new AsyncExecChain.Scope(
                    scope.exchangeId,
                    scope.route,
                    scope.originalRequest,
                    remembering,
                    scope.clientContext,
                    scope.execRuntime);
        }
    }

    /** The chain was entered, and this thread is done with the call. */
    void handedOn(@Nullable Throwable thrown) {
        // The library tells who is above, which is not us.
        if (thrown != null) finish(null, thrown);
        Hooks.leave(call());
        comeBack();
    }

    /** The answer has come, or never will. */
    void finish(@Nullable HttpResponse response, @Nullable Throwable thrown) {
        Attachments.detach(request);
        over(response, thrown);
    }

    @Override
    void abort() {
        // The library sets what can be cancelled on several threads, and the last is not always what still runs.
        for (Cancellable each : running) each.cancel();
        // There is nothing to cancel, or the application does not want requests to be cancelled.
        callback.failed(new InterruptedIOException());
    }

    /** Passes on what can be cancelled, and keeps it. */
    private final class Remembering implements CancellableDependency {

        private final CancellableDependency dependency;

        Remembering(CancellableDependency dependency) {
            this.dependency = dependency;
        }

        @Override
        public void setDependency(Cancellable cancellable) {
            running.addFirst(cancellable);
            dependency.setDependency(cancellable);
            if (limit().isOver()) cancellable.cancel();
        }

        @Override
        public boolean isCancelled() {
            return dependency.isCancelled();
        }

        @Override
        public boolean cancel() {
            return dependency.cancel();
        }
    }

    @Override
    public long bodyLength() {
        return producer == null ? 0 : producer.getContentLength();
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        long length = bodyLength();
        if (producer == null || length <= 0 || length > limit || !producer.isRepeatable()) return null;
        Collector collector = new Collector((int) length);
        try {
            // A producer that is repeatable starts again after it has released what it holds.
            try {
                while (!collector.isComplete() && collector.progresses()) producer.produce(collector);
            } finally {
                producer.releaseResources();
            }
        } catch (IOException e) {
            return null;
        }
        return collector.bytes();
    }
}
