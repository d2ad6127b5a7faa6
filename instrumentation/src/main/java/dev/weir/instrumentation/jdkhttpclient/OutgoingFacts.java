package dev.weir.instrumentation.jdkhttpclient;

import dev.weir.bootstrap.CallFacts.HeaderSet;
import dev.weir.instrumentation.shared.AddedHeaders;
import dev.weir.instrumentation.shared.FixedRequestFacts;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request that this client makes. Requests are never changed: what levers set is kept here and
 * written with the request when it goes on the wire.
 */
abstract class OutgoingFacts extends FixedRequestFacts {

    /** What the client writes into the head of a small request by itself, so that the text need not grow. */
    private static final int USUAL_HEAD = 128;

    private static final String TRACEPARENT = "traceparent";

    private boolean replaces;
    private long limitNanos;
    private @Nullable HttpHeaders answer;

    OutgoingFacts(HttpRequest request) {
        super(
                "jdk-http-client",
                request.method(),
                request.uri().getScheme(),
                request.uri().getHost(),
                request.uri().getPort(),
                request.uri().getRawPath(),
                request.uri().getRawQuery());
    }

    /** The headers that the request has by itself. */
    abstract HttpHeaders own();

    abstract Optional<HttpRequest.BodyPublisher> body();

    // ---- headers

    @Override
    protected final @Nullable String present(String name) {
        return first(own(), name);
    }

    @Override
    public long headerNames() {
        return names(own());
    }

    private static long names(HttpHeaders headers) {
        Map<String, List<String>> map = headers.map();
        if (map.isEmpty()) return 0;
        long names = 0;
        for (String name : map.keySet()) names |= HeaderSet.of(name);
        return names;
    }

    @Override
    public boolean repeatsHeader(String name) {
        List<String> values = own().map().get(name);
        return values != null && values.size() > 1;
    }

    @Override
    public boolean setHeader(String name, String value) {
        return isSendable(value) && super.setHeader(name, value);
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        boolean done = setHeader(name, value);
        replaces |= done;
        return done;
    }

    /** Nobody else looks at it before it is on the wire. */
    private static boolean isSendable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') return false;
        }
        return true;
    }

    /** Makes room in the head of a request for what {@link #write} will write into it. */
    void reserve(StringBuilder head) {
        String[] added = added();
        int end = AddedHeaders.length(added);
        if (end == 0) return;
        int length = head.length() + USUAL_HEAD;
        for (int i = 0; i < end; i += 2) length += added[i].length() + added[i + 1].length() + 4;
        head.ensureCapacity(length);
    }

    /** Writes into the head of an HTTP/1.1 request, which is complete. */
    void write(StringBuilder head) {
        foreignTraceparent(valueIn(head, TRACEPARENT));
        String[] added = added();
        int length = AddedHeaders.length(added);
        if (length == 0) return;
        int end = head.length() - 2;
        if (end < 2 || head.indexOf("\r\n\r\n", end - 2) < 0) throw new IllegalStateException("no head of a request");
        head.setLength(end);
        for (int i = 0; i < length; i += 2) {
            if (givesWay(added[i])) continue;
            if (replaces) cut(head, added[i]);
            head.append(added[i]).append(": ").append(added[i + 1]).append("\r\n");
        }
        head.append("\r\n");
    }

    private static @Nullable String valueIn(StringBuilder head, String name) {
        int line = head.indexOf("\r\n") + 2;
        while (line > 1 && line < head.length()) {
            int end = head.indexOf("\r\n", line);
            if (end < 0) return null;
            if (isNamed(head, line, end, name))
                return head.substring(line + name.length() + 1, end).strip();
            line = end + 2;
        }
        return null;
    }

    /** Takes out all lines of this name. */
    private static void cut(StringBuilder head, String name) {
        int line = head.indexOf("\r\n") + 2;
        while (line < head.length()) {
            int end = head.indexOf("\r\n", line);
            if (isNamed(head, line, end, name)) head.delete(line, end + 2);
            else line = end + 2;
        }
    }

    private static boolean isNamed(StringBuilder head, int line, int end, String name) {
        int colon = line + name.length();
        if (colon >= end || head.charAt(colon) != ':') return false;
        for (int i = 0; i < name.length(); i++) {
            if (Character.toLowerCase(head.charAt(line + i)) != Character.toLowerCase(name.charAt(i))) return false;
        }
        return true;
    }

    /** The headers of an HTTP/2 request, and what levers set. */
    HttpHeaders with(HttpHeaders headers) {
        foreignTraceparent(first(headers, TRACEPARENT));
        String[] added = added();
        int length = AddedHeaders.length(added);
        if (length == 0) return headers;
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(headers.map());
        for (int i = 0; i < length; i += 2) {
            if (!givesWay(added[i])) all.put(added[i], List.of(added[i + 1]));
        }
        return HttpHeaders.of(all, (name, value) -> true);
    }

    // ---- time

    @Override
    public boolean limit(long millis) {
        // 0 stands for no limit.
        limitNanos = (System.nanoTime() + millis * 1_000_000) | 1;
        return true;
    }

    /** The client starts a request's own timeout anew for each attempt; a limit is one for all. */
    Optional<Duration> timeLeft(Optional<Duration> own) {
        if (limitNanos == 0) return own;
        Duration left = Duration.ofNanos(Math.max(1_000_000, limitNanos - System.nanoTime()));
        return own.isPresent() && own.get().compareTo(left) < 0 ? own : Optional.of(left);
    }

    // ---- the answer

    void answered(@Nullable HttpResponse<?> response) {
        answer = response == null ? null : response.headers();
    }

    @Override
    public long responseHeaderNames() {
        HttpHeaders headers = answer;
        return headers == null ? 0 : names(headers);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        HttpHeaders headers = answer;
        return headers == null ? null : first(headers, name);
    }

    /** Not {@code firstValue}: it makes a stream and an {@code Optional} each time. */
    private static @Nullable String first(HttpHeaders headers, String name) {
        List<String> values = headers.map().get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    // ---- the body

    @Override
    public long bodyLength() {
        return body().map(HttpRequest.BodyPublisher::contentLength).orElse(0L);
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        HttpRequest.BodyPublisher publisher = body().orElse(null);
        return publisher == null ? null : Bodies.inMemory(publisher, limit);
    }
}
