package dev.weir.agent.pipeline;

import dev.weir.agent.context.AttemptHint;
import dev.weir.agent.context.HeaderNames;
import dev.weir.bootstrap.HttpFacts;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Reads the headers by which SDKs and proxies count their own attempts. Of several the largest count is taken. */
final class AttemptHeaders {

    /** Nobody retries more often; who says so lies. */
    private static final int MOST = 1_000;

    private static final int LONGEST_INVOCATION = 64;
    private static final String ATTEMPT = "attempt=";

    private final AtomicLong malformed = new AtomicLong();

    /** How many of these headers were malformed, and ignored. */
    long malformed() {
        return malformed.get();
    }

    AttemptHint of(HttpFacts request) {
        return (request.headerNames() & HeaderNames.SET_OF_ATTEMPTS) == 0 ? AttemptHint.NONE : read(request);
    }

    private AttemptHint read(HttpFacts request) {
        int previous = count(request, HeaderNames.STAINLESS_RETRY_COUNT, 0);
        previous = Math.max(previous, count(request, HeaderNames.GRPC_PREVIOUS_ATTEMPTS, 0));
        previous = Math.max(previous, count(request, HeaderNames.ENVOY_ATTEMPT, 1));
        previous = Math.max(previous, amazon(request));
        String invocation = invocation(request);
        return previous == AttemptHint.UNKNOWN && invocation == null
                ? AttemptHint.NONE
                : new AttemptHint(previous, invocation);
    }

    private int count(HttpFacts request, String name, int first) {
        String text = single(request, name);
        return text == null ? AttemptHint.UNKNOWN : number(text, 0, text.length(), first);
    }

    /** {@code attempt=2; max=3}, with other parts around. */
    private int amazon(HttpFacts request) {
        String text = single(request, HeaderNames.AMZ_REQUEST);
        if (text == null) return AttemptHint.UNKNOWN;
        int from = 0;
        while (from < text.length()) {
            int semicolon = text.indexOf(';', from);
            int end = semicolon < 0 ? text.length() : semicolon;
            while (from < end && text.charAt(from) == ' ') from++;
            if (text.startsWith(ATTEMPT, from)) return number(text, from + ATTEMPT.length(), end, 1);
            from = end + 1;
        }
        return bad();
    }

    private @Nullable String invocation(HttpFacts request) {
        String text = single(request, HeaderNames.AMZ_INVOCATION);
        if (text == null) return null;
        boolean wellFormed = !text.isEmpty() && text.length() <= LONGEST_INVOCATION;
        for (int i = 0; wellFormed && i < text.length(); i++) {
            char c = text.charAt(i);
            wellFormed = c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
        }
        if (wellFormed) return text;
        bad();
        return null;
    }

    /** A header that stands there once; which of two is true, nobody knows. */
    private @Nullable String single(HttpFacts request, String name) {
        String text = request.header(name);
        if (text == null || !request.repeatsHeader(name)) return text;
        bad();
        return null;
    }

    /** @param first what the first attempt is counted as */
    private int number(String text, int from, int to, int first) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') return bad();
            value = value * 10 + (c - '0');
            if (value > MOST) return bad();
        }
        return from >= to || value < first ? bad() : value - first;
    }

    private int bad() {
        malformed.incrementAndGet();
        return AttemptHint.UNKNOWN;
    }
}
