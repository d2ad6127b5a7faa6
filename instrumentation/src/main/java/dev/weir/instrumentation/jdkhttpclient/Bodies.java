package dev.weir.instrumentation.jdkhttpclient;

import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests that can be read again. */
final class Bodies {

    private Bodies() {}

    /** The bytes of a body in memory; {@code null} when there are none, too many, or they might be used up by one look. */
    static byte @Nullable [] inMemory(HttpRequest.BodyPublisher publisher, int limit) {
        long length = publisher.contentLength();
        if (length <= 0 || length > limit || !isReplayable(publisher)) return null;
        Collector collector = new Collector((int) length);
        publisher.subscribe(collector);
        return collector.complete ? collector.bytes : null;
    }

    /** Only publishers over memory: a stream or an application's own publisher may be used up by one look. */
    private static boolean isReplayable(HttpRequest.BodyPublisher publisher) {
        String name = publisher.getClass().getName();
        return name.equals("jdk.internal.net.http.RequestPublishers$ByteArrayPublisher")
                || name.equals("jdk.internal.net.http.RequestPublishers$StringPublisher");
    }

    /** Takes the bytes of a publisher that publishes on the subscriber's thread. */
    private static final class Collector implements Flow.Subscriber<ByteBuffer> {

        final byte[] bytes;
        int taken;
        boolean complete;

        Collector(int length) {
            bytes = new byte[length];
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            int size = Math.min(buffer.remaining(), bytes.length - taken);
            buffer.get(bytes, taken, size);
            taken += size;
        }

        @Override
        public void onError(Throwable thrown) {}

        @Override
        public void onComplete() {
            complete = taken == bytes.length;
        }
    }
}
