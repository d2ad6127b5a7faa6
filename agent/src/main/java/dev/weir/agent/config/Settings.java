package dev.weir.agent.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The {@code weir.*} and {@code otel.*} settings: system property, then environment variable, then settings file, then
 * default.
 *
 * <p>{@code weir.rule.retry-budget} is {@code WEIR_RULE_RETRY_BUDGET} in the environment. A value that cannot be read is
 * reported with its name and a value that would do, and the default is used.
 */
public final class Settings {

    /** Hears what is wrong with the settings; one sentence each. */
    public interface Complaints {

        /** One thing that is wrong. */
        void add(String complaint);
    }

    /** Where a value came from. */
    public enum Origin {
        SYSTEM_PROPERTY,
        ENVIRONMENT,
        FILE,
        DEFAULT
    }

    private static final String RULE = "weir.rule.";
    private static final String INSTRUMENTATION = "weir.instrumentation.";

    private final Map<String, String> properties;
    private final Map<String, String> environment;
    private final Map<String, String> file;
    private final Complaints complaints;

    /**
     * @param properties system properties
     * @param environment environment variables
     * @param file the settings file's contents
     */
    public Settings(
            Map<String, String> properties,
            Map<String, String> environment,
            Map<String, String> file,
            Complaints complaints) {
        this.properties = properties;
        this.environment = environment;
        this.file = file;
        this.complaints = complaints;
    }

    /** These settings with another settings file. */
    public Settings withFile(Map<String, String> otherFile, Complaints to) {
        return new Settings(properties, environment, otherFile, to);
    }

    /** Hears of what is wrong here. */
    public Complaints complaints() {
        return complaints;
    }

    /** The names in the settings file. */
    public Set<String> fileNames() {
        return file.keySet();
    }

    /** The value as it was given; {@code null} when nobody gave one. An empty value counts as not given. */
    public @Nullable String given(String name) {
        String value = properties.get(name);
        if (value == null || value.isBlank()) value = environment.get(environmentName(name));
        if (value == null || value.isBlank()) value = file.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** The setting that a rule's mode comes from: the rule's own where it is given, else the one for all rules. */
    public String modeKey(String rule) {
        return given(RULE + rule) == null ? Setting.MODE.key() : RULE + rule;
    }

    /** Where a rule's mode comes from, for people. */
    public String modeFrom(String rule) {
        String key = modeKey(rule);
        boolean all = key.equals(Setting.MODE.key()) && given(key) != null;
        return where(key) + (all ? " (" + key + ")" : "");
    }

    /** Where {@link #given} found it. */
    public Origin origin(String name) {
        if (isGiven(properties.get(name))) return Origin.SYSTEM_PROPERTY;
        if (isGiven(environment.get(environmentName(name)))) return Origin.ENVIRONMENT;
        return isGiven(file.get(name)) ? Origin.FILE : Origin.DEFAULT;
    }

    /** Where the value came from, for a person: {@code environment WEIR_MODE}. */
    public String where(String name) {
        return switch (origin(name)) {
            case SYSTEM_PROPERTY -> "system property";
            case ENVIRONMENT -> "environment " + environmentName(name);
            case FILE -> "settings file";
            case DEFAULT -> "default";
        };
    }

    private static boolean isGiven(@Nullable String value) {
        return value != null && !value.isBlank();
    }

    /** {@code weir.rule.retry-budget} → {@code WEIR_RULE_RETRY_BUDGET}. */
    public static String environmentName(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** A setting's text, or its default. */
    public String text(Setting setting) {
        String given = given(setting.key());
        return given == null ? setting.defaultValue() : given;
    }

    /** A whole number in the setting's range. */
    public long number(Setting setting) {
        String given = given(setting.key());
        if (given != null) {
            try {
                long value = Long.parseLong(given);
                if (value >= setting.least() && value <= setting.most()) return value;
            } catch (NumberFormatException e) {
                // Complained about below.
            }
            complain(setting, given, "a whole number from " + setting.least() + " to " + setting.most());
        }
        return Long.parseLong(setting.defaultValue());
    }

    /** A number with a fraction in the setting's range. */
    public double decimal(Setting setting) {
        String given = given(setting.key());
        if (given != null) {
            try {
                double value = Double.parseDouble(given);
                if (value >= setting.least() && value <= setting.most()) return value;
            } catch (NumberFormatException e) {
                // Complained about below.
            }
            complain(setting, given, "a number from " + setting.least() + " to " + setting.most());
        }
        return Double.parseDouble(setting.defaultValue());
    }

    /** {@code true} or {@code false}; {@code on} and {@code off} will do too. */
    public boolean flag(Setting setting) {
        String given = given(setting.key());
        Boolean value = readFlag(given == null ? setting.defaultValue() : given);
        if (value == null) {
            complain(setting, String.valueOf(given), "true or false");
            value = readFlag(setting.defaultValue());
        }
        return Boolean.TRUE.equals(value);
    }

    @SuppressWarnings("NullableBoolean")
    private static @Nullable Boolean readFlag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "on", "yes" -> Boolean.TRUE;
            case "false", "off", "no" -> Boolean.FALSE;
            default -> null;
        };
    }

    /** One of a few words. */
    public String oneOf(Setting setting, String... words) {
        String given = given(setting.key());
        if (given != null) {
            for (String word : words) {
                if (word.equalsIgnoreCase(given)) return word;
            }
            complain(setting, given, "one of " + String.join(", ", words));
        }
        return setting.defaultValue();
    }

    /** Comma-separated words. */
    public List<String> list(Setting setting) {
        List<String> words = new ArrayList<>();
        for (String word : text(setting).split(",", -1)) {
            if (!word.isBlank()) words.add(word.strip());
        }
        return words;
    }

    /** Whether an adapter is wanted: {@code weir.instrumentation.<name>}. */
    public boolean instrumentation(String name) {
        String given = given(INSTRUMENTATION + name);
        if (given == null) return true;
        Boolean value = readFlag(given);
        if (value == null) {
            complaints.add("weir: " + INSTRUMENTATION + name + "=" + given
                    + " is not understood; use on or off. It stays on.");
            return true;
        }
        return value;
    }

    private void complain(Setting setting, String given, String wanted) {
        complaints.add("weir: " + setting.key() + "=" + shown(given) + " is not " + wanted + "; using "
                + (setting.defaultValue().isEmpty() ? "none" : setting.defaultValue()) + ".");
    }

    /** A value as it may be printed: not too long, and nothing in it that a terminal obeys. */
    public static String shown(String value) {
        return shown(value, 80);
    }

    /** A text as it may be printed, cut after so many characters. */
    public static String shown(String value, int longest) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < value.length() && i < longest; i++) {
            char c = value.charAt(i);
            shown.append(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
        }
        return value.length() > longest ? shown + "…" : shown.toString();
    }

    /** Complains about every {@code weir.*} name that means nothing, and names the nearest one that does. */
    public void checkNames(Collection<String> rules, Collection<String> instrumentations) {
        Map<String, String> known = knownNames(rules, instrumentations);
        for (String name : properties.keySet()) {
            if (name.startsWith("weir.")) checkName(name, known, "system property");
        }
        for (String name : file.keySet()) {
            if (name.startsWith("weir.")) checkName(name, known, "settings file");
        }
        for (String name : environment.keySet()) {
            if (name.startsWith("WEIR_") && !known.containsValue(name)) {
                complaints.add("weir: unknown environment variable " + shown(name) + "; did you mean "
                        + nearest(name, known.values()) + "?");
            }
        }
    }

    private void checkName(String name, Map<String, String> known, String where) {
        if (known.containsKey(name)) return;
        complaints.add("weir: unknown setting " + shown(name) + " (" + where + "); did you mean "
                + nearest(name, known.keySet()) + "?");
    }

    /** Whether a setting of that name exists. */
    public static boolean known(String name, Collection<String> rules, Collection<String> instrumentations) {
        return knownNames(rules, instrumentations).containsKey(name);
    }

    private static Map<String, String> knownNames(Collection<String> rules, Collection<String> instrumentations) {
        Map<String, String> known = new TreeMap<>();
        for (Setting setting : Setting.values()) known.put(setting.key(), environmentName(setting.key()));
        for (String rule : rules) known.put(RULE + rule, environmentName(RULE + rule));
        for (String name : instrumentations) known.put(INSTRUMENTATION + name, environmentName(INSTRUMENTATION + name));
        return known;
    }

    /** The candidate with the fewest changes of a letter. */
    static String nearest(String name, Collection<String> candidates) {
        String best = "";
        int fewest = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int distance = distance(name, candidate);
            if (distance < fewest) {
                fewest = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
