package dev.weir.instrumentation.jdkhttpclient;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The application's request with more headers and less time. The client copies it at once; a builder's copy is another. */
final class ChangedRequest extends HttpRequest {

    private final HttpRequest original;
    private final HttpHeaders headers;
    private final long limitMillis;

    /**
     * @param set names and values in turn
     * @param count of both
     * @param limitMillis 0 for none
     */
    ChangedRequest(HttpRequest original, @Nullable String[] set, int count, long limitMillis) {
        this.original = original;
        this.headers = count == 0 ? original.headers() : with(original.headers(), set, count);
        this.limitMillis = limitMillis;
    }

    private static HttpHeaders with(HttpHeaders headers, @Nullable String[] set, int count) {
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(headers.map());
        for (int i = 0; i + 1 < count; i += 2) {
            String name = set[i];
            String value = set[i + 1];
            if (name != null && value != null) all.put(name, List.of(value));
        }
        return HttpHeaders.of(all, (name, value) -> true);
    }

    @Override
    public HttpHeaders headers() {
        return headers;
    }

    @Override
    public Optional<Duration> timeout() {
        Optional<Duration> own = original.timeout();
        if (limitMillis == 0) return own;
        Duration limit = Duration.ofMillis(limitMillis);
        return own.isPresent() && own.get().compareTo(limit) <= 0 ? own : Optional.of(limit);
    }

    @Override
    public Optional<BodyPublisher> bodyPublisher() {
        return original.bodyPublisher();
    }

    @Override
    public String method() {
        return original.method();
    }

    @Override
    public boolean expectContinue() {
        return original.expectContinue();
    }

    @Override
    public URI uri() {
        return original.uri();
    }

    @Override
    public Optional<HttpClient.Version> version() {
        return original.version();
    }

    @Override
    public String toString() {
        return original.toString();
    }
}
