package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** What is known of one {@link HttpRequest}. Requests cannot be changed, so levers are collected and then applied. */
final class RequestFacts extends HttpFacts {

    private final HttpRequest request;
    private final boolean waits;
    private final List<String> headers = new ArrayList<>(4);
    private final boolean follows;
    private long limitMillis;
    private long limitNanos;
    private @Nullable HttpResponse<?> response;

    /** Of a request with which the client goes on by itself, or that is limited; else {@code null}. */
    volatile @Nullable Attempts attempts;

    /** @param waits whether the calling thread waits for the response */
    RequestFacts(HttpClient client, HttpRequest request, boolean waits) {
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
        this.waits = waits;
        this.follows = client.followRedirects() != HttpClient.Redirect.NEVER
                || client.authenticator().isPresent();
    }

    static @Nullable RequestFacts of(@Nullable Call call) {
        return call != null && call.facts() instanceof RequestFacts facts ? facts : null;
    }

    static void end(@Nullable Call call, @Nullable HttpResponse<?> response, @Nullable Throwable thrown) {
        RequestFacts facts = of(call);
        if (facts != null) {
            facts.response = response;
            Attempts known = facts.attempts;
            if (known != null) {
                // A redirect has ended the call already, on another thread.
                Hooks.leave(call);
                known.end(response, thrown);
            }
        }
        Hooks.end(call, response == null ? 0 : response.statusCode(), thrown);
    }

    /** Whether the client may send more than this one request for it. */
    boolean goesOn() {
        return follows || limitMillis > 0;
    }

    Optional<Duration> ownTimeout() {
        return request.timeout();
    }

    Optional<Duration> timeLeft() {
        return timeLeft(request.timeout(), limitNanos);
    }

    static long limitNanos(long millis) {
        // 0 stands for no limit.
        return (System.nanoTime() + millis * 1_000_000) | 1;
    }

    static Optional<Duration> timeLeft(Optional<Duration> own, long limitNanos) {
        if (limitNanos == 0) return own;
        Duration left = Duration.ofNanos(Math.max(1_000_000, limitNanos - System.nanoTime()));
        return own.isPresent() && own.get().compareTo(left) < 0 ? own : Optional.of(left);
    }

    /** Takes out of the headers of a later request what levers set for this one. */
    void takeBack(Map<String, List<String>> later) {
        for (int i = 0; i < headers.size(); i += 2) {
            String name = headers.get(i);
            List<String> own = request.headers().allValues(name);
            if (own.isEmpty()) later.remove(name);
            else if (later.containsKey(name)) later.put(name, own);
        }
    }

    @Override
    public boolean waits() {
        return waits;
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
        limitNanos = limitNanos(millis);
        return true;
    }

    @Override
    public @Nullable String header(String name) {
        for (int i = headers.size() - 2; i >= 0; i -= 2) {
            if (headers.get(i).equalsIgnoreCase(name)) return headers.get(i + 1);
        }
        return first(request.headers(), name);
    }

    @Override
    public boolean repeatsHeader(String name) {
        List<String> values = request.headers().map().get(name);
        return values != null && values.size() > 1;
    }

    @Override
    public boolean setHeader(String name, String value) {
        if (!canChange() || !isSendable(value)) return false;
        headers.add(name);
        headers.add(value);
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

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        return response == null ? null : first(response.headers(), name);
    }

    /** Not {@code firstValue}: it makes a stream and an {@code Optional} each time. */
    static @Nullable String first(HttpHeaders headers, String name) {
        List<String> values = headers.map().get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    /** A web socket's handshake is a request of an internal class, and a copy of it would be an ordinary request. */
    private boolean canChange() {
        return !request.getClass().getName().equals("jdk.internal.net.http.HttpRequestImpl");
    }

    HttpRequest changed(HttpRequest original) {
        if (headers.isEmpty() && limitMillis == 0) return original;
        try {
            return new ChangedRequest(original, headers, limitMillis);
        } catch (IllegalArgumentException e) {
            // A request of a class of the application's own may hold headers that no request can have.
            return original;
        }
    }

    HttpResponse.BodyHandler<?> limited(HttpResponse.BodyHandler<?> handler) {
        return limitMillis == 0 ? handler : LimitedBody.handler(handler, limitMillis);
    }

    @Override
    public long bodyLength() {
        return bodyLength(request);
    }

    static long bodyLength(HttpRequest request) {
        return request.bodyPublisher()
                .map(HttpRequest.BodyPublisher::contentLength)
                .orElse(0L);
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        return replayableBody(request, limit);
    }

    static byte @Nullable [] replayableBody(HttpRequest request, int limit) {
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
