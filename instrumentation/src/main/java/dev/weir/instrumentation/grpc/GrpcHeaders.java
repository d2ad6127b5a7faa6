package dev.weir.instrumentation.grpc;

import io.grpc.Metadata;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads and writes the text entries of metadata by the names that headers have. */
final class GrpcHeaders {

    /** Names come from the agent's rules; there are a few dozen. */
    private static final int MOST_KEYS = 256;

    private static final Map<String, Metadata.Key<String>> KEYS = new ConcurrentHashMap<>();

    private GrpcHeaders() {}

    private static Metadata.@Nullable Key<String> key(String name) {
        Metadata.Key<String> known = KEYS.get(name);
        if (known != null) return known;
        // Such entries are bytes.
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) return null;
        Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        if (KEYS.size() < MOST_KEYS) KEYS.put(name, key);
        return key;
    }

    /** The values of this name, joined by commas; {@code null} when there is none. */
    static @Nullable String get(@Nullable Metadata metadata, String name) {
        Metadata.Key<String> key = metadata == null ? null : key(name);
        Iterable<String> values = key == null || metadata == null ? null : metadata.getAll(key);
        if (values == null) return null;
        String joined = null;
        for (String value : values) joined = joined == null ? value : joined + "," + value;
        return joined;
    }

    static boolean repeats(Metadata metadata, String name) {
        Metadata.Key<String> key = key(name);
        Iterable<String> values = key == null ? null : metadata.getAll(key);
        if (values == null) return false;
        int count = 0;
        for (String ignored : values) count++;
        return count > 1;
    }

    static boolean set(Metadata metadata, String name, String value) {
        Metadata.Key<String> key = key(name);
        if (key == null) return false;
        metadata.discardAll(key);
        metadata.put(key, value);
        return true;
    }

    /** What grpc is given it may change, and what the application gave it may use again. */
    static Metadata copy(Metadata metadata) {
        Metadata copy = new Metadata();
        copy.merge(metadata);
        return copy;
    }
}
