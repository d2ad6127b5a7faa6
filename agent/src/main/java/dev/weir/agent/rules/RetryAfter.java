package dev.weir.agent.rules;

import dev.weir.agent.context.Attempt;
import dev.weir.bootstrap.CallFacts.HeaderSet;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What an answer says about when to come back.
 *
 * <p>Sources: RFC 9110 §10.2.3 ({@code Retry-After}); the {@code -ms} form of Azure and OpenAI; gRPC A6
 * ({@code grpc-retry-pushback-ms}); {@code x-ratelimit-*} as GitHub, OpenAI, Anthropic and draft-ietf-httpapi-ratelimit-headers
 * write it.
 */
final class RetryAfter {

    private static final long MILLI = 1_000_000;
    /** Longer than this is a mistake, or a way of saying never. */
    private static final long LONGEST_MILLIS = 3_600_000;

    private static final String[][] REMAINING_AND_RESET = {
        {"x-ratelimit-remaining", "x-ratelimit-reset"},
        {"x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"},
        {"x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"},
        {"anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"},
        {"ratelimit-remaining", "ratelimit-reset"},
    };

    private static final long SET_OF_REMAINING = setOfRemaining();

    private final LongSupplier epochMillis;
    private final AtomicLong malformed = new AtomicLong();

    /** @param epochMillis the time of day, for answers that name a moment */
    RetryAfter(LongSupplier epochMillis) {
        this.epochMillis = epochMillis;
    }

    private static long setOfRemaining() {
        long set = 0;
        for (String[] names : REMAINING_AND_RESET) set |= HeaderSet.of(names[0]);
        return set;
    }

    /** How many headers were absurd, and ignored. */
    long malformed() {
        return malformed.get();
    }

    /** How long to stay away, in nanoseconds; 0 when the answer does not say. */
    long wait(Attempt attempt) {
        String text = attempt.answerHeader("retry-after-ms");
        long millis = text == null ? -1 : number(text);
        if (millis < 0) {
            text = attempt.answerHeader("grpc-retry-pushback-ms");
            // Negative means: do not try again. That is no time.
            if (text != null && !text.startsWith("-")) millis = number(text);
        }
        if (millis < 0) {
            text = attempt.answerHeader("retry-after");
            if (text != null) millis = seconds(text, attempt.answerHeader("date"));
        }
        return millis <= 0 ? 0 : millis * MILLI;
    }

    /** How long there is nothing left of a quota, in nanoseconds; 0 when there is, or the answer does not say. */
    long exhausted(Attempt attempt) {
        return (attempt.answerNames() & SET_OF_REMAINING) == 0 ? 0 : readExhausted(attempt);
    }

    private long readExhausted(Attempt attempt) {
        for (String[] names : REMAINING_AND_RESET) {
            String remaining = attempt.answerHeader(names[0]);
            if (remaining == null || !remaining.strip().equals("0")) continue;
            String reset = attempt.answerHeader(names[1]);
            if (reset == null) continue;
            long millis = reset(reset.strip());
            if (millis > 0) return millis * MILLI;
        }
        return 0;
    }

    /** Whether the answer says that there is no point in trying again. */
    static boolean saysNever(Attempt attempt) {
        String should = attempt.answerHeader("x-should-retry");
        if (should != null && should.strip().equalsIgnoreCase("false")) return true;
        String pushback = attempt.answerHeader("grpc-retry-pushback-ms");
        return pushback != null && pushback.strip().startsWith("-");
    }

    private long seconds(String text, @Nullable String date) {
        String value = text.strip();
        if (!value.isEmpty() && isDigit(value.charAt(0))) {
            long seconds = number(value);
            return seconds < 0 ? seconds : believed(seconds > LONGEST_MILLIS ? Long.MAX_VALUE : seconds * 1_000);
        }
        Instant until = httpDate(value);
        if (until == null) return absurd();
        // By the server's own clock, where it tells it.
        Instant now = date == null ? null : httpDate(date.strip());
        long millis = until.toEpochMilli() - (now == null ? epochMillis.getAsLong() : now.toEpochMilli());
        return millis <= 0 ? 0 : believed(millis);
    }

    private long reset(String value) {
        if (value.isEmpty()) return absurd();
        if (value.indexOf('T') > 0) {
            try {
                return believed(Instant.parse(value).toEpochMilli() - epochMillis.getAsLong());
            } catch (DateTimeException e) {
                return absurd();
            }
        }
        if (isDigit(value.charAt(value.length() - 1))) {
            long seconds = number(value);
            if (seconds < 0) return seconds;
            // A number this large is a moment, a small one a time.
            long now = epochMillis.getAsLong() / 1_000;
            return believed((seconds > 100_000_000 ? seconds - now : seconds) * 1_000);
        }
        return believed(duration(value));
    }

    /** {@code 6m0s}, {@code 1.5s}, {@code 120ms}. */
    private long duration(String value) {
        double millis = 0;
        int at = 0;
        while (at < value.length()) {
            int end = at;
            while (end < value.length() && (isDigit(value.charAt(end)) || value.charAt(end) == '.')) end++;
            if (end == at || end - at > 12) return absurd();
            double amount;
            try {
                amount = Double.parseDouble(value.substring(at, end));
            } catch (NumberFormatException e) {
                return absurd();
            }
            if (value.startsWith("ms", end)) {
                millis += amount;
                at = end + 2;
            } else if (value.startsWith("s", end)) {
                millis += amount * 1_000;
                at = end + 1;
            } else if (value.startsWith("m", end)) {
                millis += amount * 60_000;
                at = end + 1;
            } else if (value.startsWith("h", end)) {
                millis += amount * 3_600_000;
                at = end + 1;
            } else {
                return absurd();
            }
        }
        return (long) Math.ceil(millis);
    }

    private static @Nullable Instant httpDate(String text) {
        try {
            return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private long number(String text) {
        String value = text.strip();
        // A fraction does no harm: what counts are whole ones, upwards.
        int dot = value.indexOf('.');
        String whole = dot < 0 ? value : value.substring(0, dot);
        if (whole.isEmpty() || whole.length() > 12) return absurd();
        long number = 0;
        for (int i = 0; i < whole.length(); i++) {
            if (!isDigit(whole.charAt(i))) return absurd();
            number = number * 10 + (whole.charAt(i) - '0');
        }
        return dot < 0 ? number : number + 1;
    }

    private long believed(long millis) {
        return millis > LONGEST_MILLIS ? absurd() : millis;
    }

    private long absurd() {
        malformed.incrementAndGet();
        return -1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
