package dev.weir.agent.export;

import dev.weir.bootstrap.CallFacts;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Of requests that come again and again, what {@link OtlpEncoder} wrote: name, kind, and the attributes that say what was
 * asked for. Not thread-safe.
 *
 * <p>A request is kept when it comes the second time in a row to its place: one with a number of its own in its path
 * comes only once.
 */
final class KnownRequests {

    private static final int PLACES = 256;
    // Characters of what was asked for, and bytes of what was written of it. The one may be far longer than the other.
    private static final int LONGEST = 2_048;

    private record Known(
            CallFacts.Kind kind,
            String instrumentation,
            String subject,
            String scheme,
            String target,
            int port,
            @Nullable String path,
            @Nullable String query,
            byte[] encoded) {

        boolean is(SpanRecord record) {
            return kind == record.kind
                    && port == record.port
                    && target.equals(record.target)
                    && subject.equals(record.subject)
                    && Objects.equals(path, record.path)
                    && Objects.equals(query, record.query)
                    && instrumentation.equals(record.instrumentation)
                    && scheme.equals(record.scheme);
        }
    }

    private final @Nullable Known[] places = new Known[PLACES];
    private final int[] came = new int[PLACES];

    /** Whether what is said of the request is all in those fields that are compared here, and they may be held on to. */
    static boolean mayKnow(SpanRecord record) {
        boolean all = switch (record.kind) {
            case SQL, FILE -> true;
            case HTTP_CLIENT -> record.rare().rpcSystem == null;
            default -> false;
        };
        return all
                && record.subject.length() + record.target.length() <= LONGEST
                && isShort(record.path)
                && isShort(record.query);
    }

    private static boolean isShort(@Nullable String text) {
        return text == null || text.length() <= LONGEST;
    }

    /** Not to be written to. */
    byte @Nullable [] of(SpanRecord record) {
        Known known = places[Places.of(hash(record), PLACES)];
        return known != null && known.is(record) ? known.encoded : null;
    }

    /** It was written, as {@code from[begin]} to before {@code from[end]}. */
    void came(SpanRecord record, byte[] from, int begin, int end) {
        int hash = hash(record);
        int place = Places.of(hash, PLACES);
        boolean again = came[place] == hash;
        came[place] = hash;
        if (!again || end - begin > LONGEST) return;
        // A credential is not held on to.
        if (record.query != null && !UrlText.query(record.query).equals(record.query)) return;
        places[place] = new Known(
                record.kind,
                record.instrumentation,
                record.subject,
                record.scheme,
                record.target,
                record.port,
                record.path,
                record.query,
                Arrays.copyOfRange(from, begin, end));
    }

    /** Strings remember theirs. */
    private static int hash(SpanRecord record) {
        int hash = record.subject.hashCode() * 31 + record.target.hashCode();
        if (record.path != null) hash = hash * 31 + record.path.hashCode();
        return record.query == null ? hash : hash * 31 + record.query.hashCode();
    }
}
