package dev.weir.agent.rules;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a rule's verdict may do. */
public enum Mode {
    /** The rule is not asked. */
    OFF,
    /** The verdict is recorded; nothing changes but added headers. */
    OBSERVE,
    /** The verdict is recorded and carried out. */
    ENFORCE;

    /** Reads a setting's value; {@code null} when it is none of the three. */
    public static @Nullable Mode read(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "off", "false" -> OFF;
            case "observe" -> OBSERVE;
            case "enforce" -> ENFORCE;
            default -> null;
        };
    }

    /** The word used in settings and attributes. */
    public String word() {
        return switch (this) {
            case OFF -> "off";
            case OBSERVE -> "observe";
            case ENFORCE -> "enforce";
        };
    }
}
