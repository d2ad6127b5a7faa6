package dev.weir.agent.export;

import java.util.Locale;

/** What may be shown of a statement. */
record SqlText(String operation, String collection, String summary, String sanitised) {

    static SqlText of(String text) {
        int end = 0;
        String stripped = text.stripLeading();
        while (end < stripped.length() && Character.isLetter(stripped.charAt(end))) end++;
        String operation = stripped.substring(0, end).toUpperCase(Locale.ROOT);
        return new SqlText(operation, "", operation, operation);
    }
}
