package dev.weir.agent.context;

import org.jspecify.annotations.Nullable;

/**
 * What an inbound {@code baggage} header says to Weir, and what it says to others.
 *
 * <p>Source: W3C Baggage. A header longer than 8,192 characters, or with a character that may not stand in a header, is
 * not used at all.
 */
public final class Baggage {

    private static final int LONGEST = 8_192;
    private static final int LONGEST_VALUE = 256;

    /** An empty baggage. */
    public static final Baggage NONE = new Baggage();

    private @Nullable String operation;
    private @Nullable String attempt;
    private @Nullable String session;
    private @Nullable String deadline;
    private @Nullable String others;
    private int malformed;

    private Baggage() {}

    /** Reads a header; {@code null} when it is malformed. */
    public static @Nullable Baggage read(@Nullable String header) {
        if (header == null || header.isEmpty()) return NONE;
        if (header.length() > LONGEST) return null;
        for (int i = 0; i < header.length(); i++) {
            char c = header.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') return null;
        }
        Baggage baggage = new Baggage();
        StringBuilder others = null;
        int from = 0;
        while (from <= header.length()) {
            int comma = header.indexOf(',', from);
            int end = comma < 0 ? header.length() : comma;
            int equals = header.indexOf('=', from);
            if (equals > from && equals < end) {
                String key = header.substring(from, equals).strip();
                if (!baggage.take(key, header, equals + 1, end)) {
                    if (others == null) others = new StringBuilder();
                    else others.append(',');
                    others.append(header.substring(from, end).strip());
                }
            }
            from = end + 1;
        }
        baggage.others = others == null ? null : others.toString();
        return baggage;
    }

    private boolean take(String key, String header, int from, int end) {
        if (!key.startsWith("weir.")) return false;
        int properties = header.indexOf(';', from);
        String value = header.substring(from, properties < 0 || properties > end ? end : properties)
                .strip();
        if (value.length() > LONGEST_VALUE) {
            malformed++;
            return true;
        }
        switch (key) {
            case HeaderNames.BAGGAGE_OPERATION -> operation = operation == null ? value : operation;
            case HeaderNames.BAGGAGE_ATTEMPT -> attempt = attempt == null ? value : attempt;
            case HeaderNames.BAGGAGE_SESSION -> session = session == null ? value : session;
            case HeaderNames.BAGGAGE_DEADLINE -> deadline = deadline == null ? value : deadline;
            default -> {}
        }
        return true;
    }

    /** The caller's operation, 32 hexadecimal digits, unchecked. */
    public @Nullable String operation() {
        return operation;
    }

    /** The caller's attempt path, such as {@code 2.3.1}, unchecked. */
    public @Nullable String attempt() {
        return attempt;
    }

    /** The session, unchecked. */
    public @Nullable String session() {
        return session;
    }

    /** The deadline in milliseconds since the epoch, unchecked. */
    public @Nullable String deadline() {
        return deadline;
    }

    /** How many entries of ours were too long, and not used. */
    public int malformed() {
        return malformed;
    }

    /** All entries that are not Weir's, as they came; {@code null} when there are none. */
    public @Nullable String others() {
        return others;
    }
}
