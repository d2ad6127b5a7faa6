package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.Hooks;
import org.jspecify.annotations.Nullable;

/** What a log event tells of what it happened in. */
public final class LogCorrelation {

    /** The keys, in the order of {@link Hooks#correlation}. */
    private static final String[] KEYS = {"trace_id", "span_id", "weir.operation"};

    private LogCorrelation() {}

    /** A diagnostic context that an event has for itself. */
    public interface Target {

        /** Whether it has a value already. */
        boolean has(String key);

        /** Adds a value. */
        void put(String key, String value);
    }

    /** Adds what this thread is at work for; what is there stays. */
    public static void addTo(Target target) {
        String @Nullable [] values = Hooks.correlation();
        if (values == null) return;
        for (int i = 0; i < KEYS.length; i++) if (!target.has(KEYS[i])) target.put(KEYS[i], values[i]);
    }

    /** Whether there is anything to add. */
    public static boolean isKnown() {
        return Hooks.correlation() != null;
    }
}
