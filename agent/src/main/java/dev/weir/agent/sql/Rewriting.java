package dev.weir.agent.sql;

import org.jspecify.annotations.Nullable;

/** A text in which some stretches are replaced. As long as nothing changes, nothing is copied. */
final class Rewriting {

    private final String text;
    private @Nullable StringBuilder changed;
    private int end;

    Rewriting(String text) {
        this.text = text;
    }

    /**
     * Adds the next piece of the text.
     *
     * @param gap whether there is white space or a comment before it
     * @param with what stands for it; {@code null} for itself
     */
    void add(boolean gap, int from, int to, @Nullable String with) {
        boolean space = gap && end > 0;
        StringBuilder builder = changed;
        if (builder == null) {
            boolean same = with == null && (space ? from == end + 1 && text.charAt(end) == ' ' : from == end);
            if (same) {
                end = to;
                return;
            }
            builder = new StringBuilder(Math.min(text.length(), 1 << 16)).append(text, 0, end);
            changed = builder;
        }
        if (space) builder.append(' ');
        if (with == null) builder.append(text, from, to);
        else builder.append(with);
        // From here on only whether anything came before matters.
        end = to;
    }

    String result() {
        if (changed != null) return changed.toString();
        return end == text.length() ? text : text.substring(0, end);
    }
}
