package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** What is known of one {@link HttpRequest}. Requests cannot be changed, so levers are collected and then applied. */
final class RequestFacts extends HttpFacts {

    private static final @Nullable String[] NONE = new String[0];
    private static final int ROOM = 4;

    private final HttpRequest request;
    // Names and values in turn, in the order in which levers set them.
    private @Nullable String[] headers = NONE;
    private int headerCount;
    private long limitMillis;
    private @Nullable HttpResponse<?> response;
    private volatile boolean retrying;

    RequestFacts(HttpRequest request) {
        super(
                Kind.HTTP_CLIENT,
                "jdk-http-client",
                request.method(),
                request.uri().getScheme(),
                request.uri().getHost(),
                request.uri().getPort(),
                request.uri().getRawPath(),
                request.uri().getRawQuery());
        this.request = request;
    }

    /** A call begins, unless it is the inner half of one: a blocking call is made of an asynchronous one. */
    static @Nullable Call begin(HttpRequest request) {
        return Hooks.follows(Kind.HTTP_CLIENT) ? Hooks.begin(new RequestFacts(request)) : null;
    }

    static @Nullable RequestFacts of(@Nullable Call call) {
        return call != null && call.facts() instanceof RequestFacts facts ? facts : null;
    }

    static void end(@Nullable Call call, @Nullable HttpResponse<?> response, @Nullable Throwable thrown) {
        RequestFacts facts = of(call);
        if (facts != null) facts.response = response;
        Hooks.end(call, response == null ? 0 : response.statusCode(), thrown);
    }

    /** Whether the client is about to make another attempt by itself: one after the other, each on whatever thread. */
    boolean retrying() {
        return retrying;
    }

    void retrying(boolean now) {
        retrying = now;
    }

    @Override
    public long callerTimeoutMillis() {
        Optional<Duration> timeout = request.timeout();
        return timeout.isPresent() ? Math.max(1, timeout.get().toMillis()) : 0;
    }

    @Override
    public boolean limit(long millis) {
        if (!canChange()) return false;
        limitMillis = millis;
        return true;
    }

    @Override
    public @Nullable String header(String name) {
        for (int i = headerCount - 2; i >= 0; i -= 2) {
            if (name.equalsIgnoreCase(headers[i])) return headers[i + 1];
        }
        return first(request.headers(), name);
    }

    @Override
    public boolean setHeader(String name, String value) {
        if (!canChange() || !isSendable(value)) return false;
        if (headerCount == headers.length) headers = Arrays.copyOf(headers, headerCount + ROOM);
        headers[headerCount++] = name;
        headers[headerCount++] = value;
        return true;
    }

    /** The client would throw at the application for anything else. */
    private static boolean isSendable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') return false;
        }
        return true;
    }

    /** The same as {@code firstValue}, without a stream. */
    private static @Nullable String first(HttpHeaders headers, String name) {
        List<String> values = headers.map().get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        return response == null ? null : first(response.headers(), name);
    }

    /** A web socket's handshake is a request of an internal class, and a copy of it would be an ordinary request. */
    private boolean canChange() {
        return !request.getClass().getName().equals("jdk.internal.net.http.HttpRequestImpl");
    }

    HttpRequest changed(HttpRequest original) {
        if (headerCount == 0 && limitMillis == 0) return original;
        return new ChangedRequest(original, headers, headerCount, limitMillis);
    }

    HttpResponse.BodyHandler<?> limited(HttpResponse.BodyHandler<?> handler) {
        return limitMillis == 0 ? handler : LimitedBody.handler(handler, limitMillis);
    }

    @Override
    public long bodyLength() {
        return request.bodyPublisher()
                .map(HttpRequest.BodyPublisher::contentLength)
                .orElse(0L);
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        HttpRequest.BodyPublisher publisher = request.bodyPublisher().orElse(null);
        if (publisher == null) return null;
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
