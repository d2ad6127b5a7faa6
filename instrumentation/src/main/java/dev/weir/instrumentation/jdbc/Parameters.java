package dev.weir.instrumentation.jdbc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The values bound to a prepared statement, as far as they can be read without using them up. */
class Parameters {

    // The wire protocols of PostgreSQL and MySQL count parameters in 16 bits.
    private static final int MOST = 1 << 16;

    /**
     * The value of the only parameter, as long as there is no other: most statements that are run often have one. Or an array
     * of all, which no readable value is.
     */
    private @Nullable Object bound;

    private int count;
    private @Nullable Named named;

    /** Those that were bound by name: few statements have any. */
    private static final class Named {

        private final Map<String, @Nullable Object> values = new LinkedHashMap<>();
        // Each name and its value, as long as nothing else is bound.
        private @Nullable Object @Nullable [] flat;

        void bind(String name, @Nullable Object value) {
            if (values.size() < MOST) values.put(name, value);
            flat = null;
        }

        @Nullable
        Object[] flat() {
            if (flat != null) return flat;
            @Nullable Object[] all = new @Nullable Object[2 * values.size()];
            int at = 0;
            for (Map.Entry<String, @Nullable Object> each : values.entrySet()) {
                all[at++] = each.getKey();
                all[at++] = each.getValue();
            }
            flat = all;
            return all;
        }
    }

    /** Returns whether the value itself could be read. */
    final boolean bind(int index, @Nullable Object value) {
        Object readable = readable(value);
        boolean read = !(readable instanceof Class<?>);
        if (index < 1 || index > MOST) return read;
        if (index == 1 && !(bound instanceof Object[])) bound = readable;
        else roomFor(index)[index - 1] = readable;
        count = Math.max(count, index);
        return read;
    }

    private @Nullable Object[] roomFor(int index) {
        @Nullable Object[] all;
        if (bound instanceof Object[] array) {
            if (index <= array.length) return array;
            all = Arrays.copyOf(array, Math.max(index, count * 2));
        } else {
            all = new @Nullable Object[Math.max(index, 2)];
            all[0] = bound;
        }
        bound = all;
        return all;
    }

    /** Returns whether the value itself could be read. */
    final boolean bind(@Nullable String name, @Nullable Object value) {
        if (name == null) return true;
        Object readable = readable(value);
        if (named == null) named = new Named();
        named.bind(name, readable);
        return !(readable instanceof Class<?>);
    }

    final void clearParameters() {
        if (bound instanceof Object[] array) Arrays.fill(array, 0, count, null);
        else bound = null;
        count = 0;
        named = null;
    }

    final int valueCount() {
        return named == null ? count : count + 2 * named.values.size();
    }

    /** The values in order; those that were bound by name come last, each after its name. */
    @Nullable
    final Object value(int index) {
        if (named != null && index >= count) return named.flat()[index - count];
        return bound instanceof Object[] array ? array[index] : bound;
    }

    /**
     * The value itself where the JDK knows how to compare it; else its class, which says that there is a value and
     * nothing more: a stream can be read only once, and an application's object is none of our business.
     */
    private static @Nullable Object readable(@Nullable Object value) {
        if (value == null
                || value instanceof String
                || value instanceof Integer
                || value instanceof Long
                || value instanceof byte[]
                || value instanceof Boolean
                || value instanceof UUID) {
            return value;
        }
        if (value instanceof Enum<?> constant) return constant.name();
        Class<?> type = value.getClass();
        // Keeps the nanoseconds, and stays as it is now.
        if (type == Timestamp.class) return ((Timestamp) value).toInstant();
        String name = type.getName();
        boolean plain = type == BigDecimal.class
                || type == BigInteger.class
                || type == java.sql.Date.class
                || type == java.sql.Time.class
                || type == java.util.Date.class
                || (value instanceof Number && name.startsWith("java.lang."))
                || value instanceof Character
                || name.startsWith("java.time.");
        return plain ? value : type;
    }
}
