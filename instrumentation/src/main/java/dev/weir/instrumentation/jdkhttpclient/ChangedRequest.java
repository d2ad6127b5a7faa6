package dev.weir.instrumentation.jdkhttpclient;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

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
        return HttpHeaders.of(new Both(headers.map(), set), (name, value) -> true);
    }

    /** The application's headers and those that were set, to be read once: {@code HttpHeaders} makes its own copy. */
    private static final class Both extends AbstractMap<String, List<String>> {

        private final Map<String, List<String>> own;
        private final List<String> set;

        Both(Map<String, List<String>> own, List<String> set) {
            this.own = own;
            this.set = set;
        }

        @Override
        public void forEach(BiConsumer<? super String, ? super List<String>> action) {
            own.forEach((name, values) -> {
                if (!isSet(name, 0)) action.accept(name, values);
            });
            for (int i = 0; i < set.size(); i += 2) {
                // What is set twice has the last of its values.
                if (!isSet(set.get(i), i + 2)) action.accept(set.get(i), List.of(set.get(i + 1)));
            }
        }

        private boolean isSet(String name, int from) {
            for (int i = from; i < set.size(); i += 2) {
                if (set.get(i).equalsIgnoreCase(name)) return true;
            }
            return false;
        }

        @Override
        public Set<Map.Entry<String, List<String>>> entrySet() {
            Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            forEach(all::put);
            return all.entrySet();
        }
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
