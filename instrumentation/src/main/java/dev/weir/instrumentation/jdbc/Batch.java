package dev.weir.instrumentation.jdbc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be executed together: sets of parameters, or statements.
 *
 * <p>A long batch keeps its beginning, and of the rest only a digest, so that it costs the application no second copy.
 */
final class Batch {

    private static final int MOST_VALUES = 4_096;
    private static final int MOST_CHARACTERS = 65_536;

    private final List<@Nullable Object> values = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final Digest rest = new Digest();
    private int size;
    private int statements;
    private boolean digested;
    // All values, as long as nothing is added.
    private @Nullable Object @Nullable [] flat;

    void add(Parameters set) {
        flat = null;
        size++;
        int count = set.valueCount();
        if (values.size() + count <= MOST_VALUES && !digested) {
            for (int i = 0; i < count; i++) values.add(set.value(i));
        } else {
            digested = true;
            rest.add(count);
            for (int i = 0; i < count; i++) rest.add(set.value(i));
        }
    }

    void add(String sql) {
        flat = null;
        size++;
        statements++;
        if (text.length() + sql.length() <= MOST_CHARACTERS && !digested) {
            if (statements > 1) text.append(";\n");
            text.append(sql);
        } else {
            digested = true;
            rest.add(sql);
        }
    }

    int size() {
        return size;
    }

    /** The statements one after the other; {@code null} when there are only parameters. */
    @Nullable
    String text() {
        return statements == 0 ? null : text.toString();
    }

    @Nullable
    Object[] values() {
        @Nullable Object[] all = flat;
        if (all == null) {
            all = values.toArray(new @Nullable Object[values.size() + (digested ? 1 : 0)]);
            if (digested) all[all.length - 1] = rest.value();
            flat = all;
        }
        return all;
    }

    /** FNV-1a over what tells values apart. */
    private static final class Digest {

        private static final long PRIME = 0x100000001b3L;

        private long hash = 0xcbf29ce484222325L;

        long value() {
            return hash;
        }

        void add(int number) {
            mix(number);
        }

        void add(@Nullable Object value) {
            if (value == null) {
                mix(1);
            } else if (value instanceof byte[] bytes) {
                mix(2);
                mix(bytes.length);
                for (byte each : bytes) mix(each);
            } else if (value instanceof Class<?> unread) {
                mix(3);
                text(unread.getName());
            } else {
                // Only values of the JDK come this far, see Parameters.
                mix(4);
                text(value.toString());
            }
        }

        private void text(String text) {
            mix(text.length());
            for (int i = 0; i < text.length(); i++) mix(text.charAt(i));
        }

        private void mix(int unit) {
            hash = (hash ^ unit) * PRIME;
        }
    }
}
