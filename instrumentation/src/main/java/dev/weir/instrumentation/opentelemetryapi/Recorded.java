package dev.weir.instrumentation.opentelemetryapi;

import dev.weir.bootstrap.Hooks;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is said of a span until it ends. Bounded; what comes later, or has a type of somebody else's, is left out. */
final class Recorded {

    private static final int MOST = 128;
    private static final long SECOND = 1_000_000_000;

    private final String scope;
    private String name;
    private SpanKind kind = SpanKind.INTERNAL;
    private Hooks.@Nullable SpanContext context;
    private @Nullable String parentSpanId;
    private long startNanos;
    private boolean startIsGiven;
    private int status;
    private String description = "";
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private final List<Object[]> events = new ArrayList<>(0);
    private final List<Object[]> links = new ArrayList<>(0);
    private boolean ended;

    Recorded(String scope, String name) {
        this.scope = scope;
        this.name = name;
    }

    synchronized void name(String changed) {
        if (!ended) name = changed;
    }

    synchronized void kind(SpanKind said) {
        kind = said;
    }

    synchronized void startsAt(long nanos) {
        startNanos = nanos;
        startIsGiven = true;
    }

    synchronized void starts(Hooks.SpanContext as, @Nullable String parent) {
        context = as;
        parentSpanId = parent;
        if (!startIsGiven) startNanos = System.nanoTime();
    }

    synchronized void attribute(@Nullable String key, @Nullable Object value) {
        if (!ended) put(attributes, key, value);
    }

    synchronized void event(String event, @Nullable Attributes more, long nanos) {
        if (!ended && events.size() < MOST) events.add(new Object[] {event, nanos, copy(more)});
    }

    synchronized void link(@Nullable SpanContext linked, @Nullable Attributes more) {
        Hooks.SpanContext span = linked == null ? null : SpanContexts.of(linked);
        if (span != null && !ended && links.size() < MOST) links.add(new Object[] {span, copy(more)});
    }

    synchronized void status(int code, @Nullable String said) {
        // Source: the API's specification: OK is final, and UNSET undoes nothing.
        if (ended || status == 1 || code == 0) return;
        status = code;
        description = code == 2 && said != null ? said : "";
    }

    synchronized boolean isOpen() {
        return !ended;
    }

    /** The span is over. Only the first end counts. */
    void end(long nanos) {
        Hooks.SpanData data;
        synchronized (this) {
            if (ended || context == null) return;
            ended = true;
            data = new Hooks.SpanData(
                    context,
                    parentSpanId,
                    name,
                    SpanContexts.number(kind),
                    scope,
                    startNanos,
                    nanos,
                    status,
                    description,
                    attributes,
                    events.toArray(new Object[0][]),
                    links.toArray(new Object[0][]));
        }
        Hooks.endSpan(data);
    }

    /** A time on the clock of {@link System#nanoTime}. */
    static long nanos(long timestamp, TimeUnit unit) {
        Instant now = Instant.now();
        return System.nanoTime() + unit.toNanos(timestamp) - (now.getEpochSecond() * SECOND + now.getNano());
    }

    private static Map<String, Object> copy(@Nullable Attributes given) {
        if (given == null || given.isEmpty()) return Map.of();
        Map<String, Object> copy = new LinkedHashMap<>();
        given.forEach((key, value) -> put(copy, key.getKey(), value));
        return copy;
    }

    private static void put(Map<String, Object> to, @Nullable String key, @Nullable Object value) {
        if (key == null || key.isEmpty() || (to.size() >= MOST && !to.containsKey(key))) return;
        Object kept = value instanceof List<?> list ? scalars(list) : isScalar(value) ? value : null;
        if (kept != null) to.put(key, kept);
    }

    private static List<Object> scalars(List<?> given) {
        List<Object> scalars = new ArrayList<>(Math.min(MOST, given.size()));
        for (Object each : given) {
            if (scalars.size() == MOST) break;
            if (each != null && isScalar(each)) scalars.add(each);
        }
        return scalars;
    }

    private static boolean isScalar(@Nullable Object value) {
        return value instanceof String || value instanceof Long || value instanceof Double || value instanceof Boolean;
    }
}
