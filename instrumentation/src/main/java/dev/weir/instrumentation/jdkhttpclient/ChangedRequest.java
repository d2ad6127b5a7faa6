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

/** The application's request with more headers and less time. The client copies it at once; a builder's copy is another. */
final class ChangedRequest extends HttpRequest {

    private final HttpRequest original;
    private final HttpHeaders headers;
    private final long limitMillis;

    /**
     * @param set names and values in turn
     * @param limitMillis 0 for none
     */
    ChangedRequest(HttpRequest original, List<String> set, long limitMillis) {
        this.original = original;
        this.headers = set.isEmpty() ? original.headers() : with(original.headers(), set);
        this.limitMillis = limitMillis;
    }

    private static HttpHeaders with(HttpHeaders headers, List<String> set) {
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(headers.map());
        for (int i = 0; i < set.size(); i += 2) all.put(set.get(i), List.of(set.get(i + 1)));
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
