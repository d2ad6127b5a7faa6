package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.HttpFacts;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is known of the request that the client makes because a reply sent it elsewhere. */
final class Hop extends HttpFacts {

    private final RequestFacts first;
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private volatile HttpRequest request;
    private volatile @Nullable HttpHeaders built;
    private volatile @Nullable HttpResponse<?> response;
    private long limitNanos;

    Hop(HttpRequest request, RequestFacts first) {
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
        this.first = first;
        headers.putAll(request.headers().map());
        first.takeBack(headers);
    }

    boolean is(HttpRequest onWire) {
        return request == onWire;
    }

    /** The client replaced the request by one that answers a challenge. */
    void isNow(HttpRequest onWire) {
        request = onWire;
    }

    void answered(@Nullable HttpResponse<?> answer) {
        response = answer;
    }

    HttpHeaders headers() {
        HttpHeaders known = built;
        if (known != null) return known;
        HttpHeaders now = HttpHeaders.of(headers, (name, value) -> true);
        built = now;
        return now;
    }

    Optional<Duration> timeLeft() {
        return RequestFacts.timeLeft(first.ownTimeout(), limitNanos);
    }

    @Override
    public long callerTimeoutMillis() {
        return first.callerTimeoutMillis();
    }

    @Override
    public boolean limit(long millis) {
        limitNanos = RequestFacts.limitNanos(millis);
        return true;
    }

    @Override
    public @Nullable String header(String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    @Override
    public boolean setHeader(String name, String value) {
        headers.put(name, List.of(value));
        built = null;
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpResponse<?> answer = response;
        return answer == null ? null : RequestFacts.first(answer.headers(), name);
    }

    @Override
    public long bodyLength() {
        return RequestFacts.bodyLength(request);
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        return RequestFacts.replayableBody(request, limit);
    }
}
