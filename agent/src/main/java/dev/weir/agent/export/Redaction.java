package dev.weir.agent.export;

import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Takes out of content what a person does not want to leave the process. Runs on the exporter's thread. */
final class Redaction {

    private static final String INSTEAD = "[redacted]";

    /** What nobody can say how to redact does not leave at all. */
    private static final Redaction ALL = new Redaction(null);

    private final @Nullable Pattern secret;

    private Redaction(@Nullable Pattern secret) {
        this.secret = secret;
    }

    /** As {@code weir.content.redact} has it. A pattern that cannot be read is said, and redacts everything. */
    static Redaction of(Settings settings, Settings.Complaints complaints) {
        String pattern = settings.text(Setting.CONTENT_REDACT);
        try {
            return new Redaction(Pattern.compile(pattern));
        } catch (PatternSyntaxException e) {
            complaints.add("weir: " + Setting.CONTENT_REDACT.key() + "=" + Settings.shown(pattern)
                    + " is no regular expression (" + e.getDescription()
                    + " at " + e.getIndex() + "): all content is replaced by " + INSTEAD
                    + " until it is. \\Q…\\E quotes a text.");
            return ALL;
        }
    }

    /** The text without its secrets. */
    String of(String text) {
        if (secret == null) return INSTEAD;
        if (secret.pattern().isEmpty()) return text;
        try {
            return secret.matcher(text).replaceAll(INSTEAD);
        } catch (StackOverflowError e) {
            // A pattern with alternatives under a star, and a long text.
            return INSTEAD;
        }
    }
}
