package dev.weir.agent.cli.serve;

import java.util.Locale;

/** Text from elsewhere, made harmless for a terminal and kept on one line. */
final class TerminalText {
    private static final String ESC = "\u001b[";

    private final boolean ascii;
    private final boolean colour;

    TerminalText(boolean ascii, boolean colour) {
        this.ascii = ascii;
        this.colour = colour;
    }

    enum Colour {
        RED("31"),
        YELLOW("33"),
        CYAN("36"),
        DIM("2"),
        BOLD("1");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }

    String paint(Colour with, String text) {
        return colour ? ESC + with.code + "m" + text + ESC + "0m" : text;
    }

    String ellipsis() {
        return ascii ? "..." : "…";
    }

    /** Escapes what a terminal would act on or not show, and cuts after {@code most} characters. */
    String safe(String text, int most) {
        StringBuilder safe = new StringBuilder(Math.min(text.length(), most) + 8);
        int shown = 0;
        for (int i = 0; i < text.length(); ) {
            if (shown++ == most) {
                return safe.append(ellipsis()).toString();
            }
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\n') {
                safe.append("\\n");
            } else if (c == '\r') {
                safe.append("\\r");
            } else if (c == '\t') {
                safe.append("\\t");
            } else if (isHarmless(c)) {
                safe.appendCodePoint(c);
            } else {
                safe.append("\\u{").append(Integer.toHexString(c)).append('}');
            }
        }
        return safe.toString();
    }

    private static boolean isHarmless(int c) {
        if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
            return false;
        }
        return switch (Character.getType(c)) {
            // Format characters turn text around (U+202E) or hide it; combining marks pile up over other lines.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK -> false;
            default -> true;
        };
    }

    /** A duration in the unit that a person would choose. */
    String duration(long nanos) {
        if (nanos < 1_000) {
            return nanos + " ns";
        }
        if (nanos < 1_000_000) {
            return nanos / 1_000 + (ascii ? " us" : " µs");
        }
        if (nanos < 10_000_000) {
            return String.format(Locale.ROOT, "%.1f ms", Math.floor(nanos / 100_000.0) / 10);
        }
        if (nanos < 1_000_000_000) {
            return nanos / 1_000_000 + " ms";
        }
        if (nanos < 60_000_000_000L) {
            return String.format(Locale.ROOT, "%.2f s", Math.floor(nanos / 10_000_000.0) / 100);
        }
        long seconds = nanos / 1_000_000_000;
        return seconds < 3_600
                ? String.format(Locale.ROOT, "%d m %02d s", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d h %02d m", seconds / 3_600, seconds / 60 % 60);
    }

    static String count(long number, String one, String more) {
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : more);
    }
}
