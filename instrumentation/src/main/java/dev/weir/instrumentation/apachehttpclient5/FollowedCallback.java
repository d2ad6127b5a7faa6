package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.CallLimit;
import dev.weir.instrumentation.shared.InContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.jspecify.annotations.Nullable;

/** Learns how a call ends, and lets everybody above run inside what caused it, on whatever thread. */
final class FollowedCallback implements AsyncExecCallback {

    private final AsyncExecCallback callback;
    private final AsyncRequest request;
    private final @Nullable Object cause;
    private final AtomicBoolean told = new AtomicBoolean();

    FollowedCallback(AsyncExecCallback callback, AsyncRequest request, @Nullable Object cause) {
        this.callback = callback;
        this.request = request;
        this.cause = cause;
    }

    @Override
    public @Nullable AsyncDataConsumer handleResponse(HttpResponse response, @Nullable EntityDetails entity)
            throws HttpException, IOException {
        if (told.get()) throw CallLimit.timeout(null);
        request.finish(response, null);
        if (entity == null) request.limit().cancel();
        Object outer = Hooks.enter(cause);
        try {
            AsyncDataConsumer consumer = callback.handleResponse(response, entity);
            boolean plain = consumer == null
                    || entity == null
                    || (cause == null && !request.limit().isRunning());
            return plain ? consumer : new Body(consumer);
        } finally {
            Hooks.exit(outer);
        }
    }

    @Override
    public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
        Object outer = Hooks.enter(cause);
        try {
            callback.handleInformationResponse(response);
        } finally {
            Hooks.exit(outer);
        }
    }

    @Override
    public void completed() {
        request.limit().cancel();
        if (!isFirst()) return;
        InContext.run(cause, callback, AsyncExecCallback::completed);
    }

    @Override
    public void failed(Exception thrown) {
        request.limit().cancel();
        if (!isFirst()) return;
        Exception known = request.limit().isOver() ? CallLimit.timeout(thrown) : thrown;
        request.finish(null, known);
        InContext.run(cause, callback, known, AsyncExecCallback::failed);
    }

    /** A limit ends a call on a thread of its own, and the library may still report the end that it sees. */
    private boolean isFirst() {
        return told.compareAndSet(false, true) || !request.limit().isRunning();
    }

    private final class Body implements AsyncDataConsumer {

        private final AsyncDataConsumer consumer;

        Body(AsyncDataConsumer consumer) {
            this.consumer = consumer;
        }

        @Override
        public void updateCapacity(CapacityChannel channel) throws IOException {
            InContext.run(cause, consumer, channel, AsyncDataConsumer::updateCapacity);
        }

        @Override
        public void consume(ByteBuffer source) throws IOException {
            if (told.get() && request.limit().isOver()) throw CallLimit.timeout(null);
            InContext.run(cause, consumer, source, AsyncDataConsumer::consume);
        }

        @Override
        public void streamEnd(@Nullable List<? extends Header> trailers) throws HttpException, IOException {
            request.limit().cancel();
            Object outer = Hooks.enter(cause);
            try {
                consumer.streamEnd(trailers);
            } finally {
                Hooks.exit(outer);
            }
        }

        @Override
        public void releaseResources() {
            InContext.run(cause, consumer, AsyncDataConsumer::releaseResources);
        }
    }
}
