package dev.weir.instrumentation.apachehttpclient5;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.shared.CallLimit;
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
                    || cause == null && !request.limit().isRunning();
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
        Object outer = Hooks.enter(cause);
        try {
            callback.completed();
        } finally {
            Hooks.exit(outer);
        }
    }

    @Override
    public void failed(Exception thrown) {
        request.limit().cancel();
        if (!isFirst()) return;
        Exception known = request.limit().isOver() ? CallLimit.timeout(thrown) : thrown;
        request.finish(null, known);
        Object outer = Hooks.enter(cause);
        try {
            callback.failed(known);
        } finally {
            Hooks.exit(outer);
        }
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
            Object outer = Hooks.enter(cause);
            try {
                consumer.updateCapacity(channel);
            } finally {
                Hooks.exit(outer);
            }
        }

        @Override
        public void consume(ByteBuffer source) throws IOException {
            if (told.get() && request.limit().isOver()) throw CallLimit.timeout(null);
            Object outer = Hooks.enter(cause);
            try {
                consumer.consume(source);
            } finally {
                Hooks.exit(outer);
            }
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
            Object outer = Hooks.enter(cause);
            try {
                consumer.releaseResources();
            } finally {
                Hooks.exit(outer);
            }
        }
    }
}
