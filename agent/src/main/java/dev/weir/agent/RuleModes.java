package dev.weir.agent;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;
import dev.weir.agent.config.SettingsFile;
import dev.weir.agent.rules.Mode;
import dev.weir.agent.rules.RuleBook;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Sets the rules' modes from settings, at start and whenever settings change. */
final class RuleModes implements SettingsFile.Listener {

    private static final String RULE = "weir.rule.";

    private final RuleBook rules;
    private final Collection<String> instrumentations;
    private final Log log;
    private final Map<String, String> from = new ConcurrentHashMap<>();

    RuleModes(RuleBook rules, Collection<String> instrumentations, Log log) {
        this.rules = rules;
        this.instrumentations = instrumentations;
        this.log = log;
    }

    @Override
    public void changed(Settings before, Settings now) {
        String modesBefore = summary();
        now.checkNames(rules.names(), instrumentations);
        apply(now, null);
        String modesNow = summary();
        if (!modesBefore.equals(modesNow)) log.warn("rules are now " + modesNow);
        sayWhatWaits(before, now);
    }

    /** Only modes are switched live. */
    private void sayWhatWaits(Settings before, Settings now) {
        Set<String> names = new TreeSet<>(before.fileNames());
        names.addAll(now.fileNames());
        for (String name : names) {
            boolean known = name.startsWith("otel.") || Settings.known(name, rules.names(), instrumentations);
            boolean live = name.equals(Setting.MODE.key())
                    || (name.startsWith(RULE) && rules.names().contains(name.substring(RULE.length())));
            if (known && !live && !Objects.equals(before.given(name), now.given(name))) {
                log.warn("the settings file changes " + Settings.shown(name) + "; it takes effect at the next start");
            }
        }
    }

    /** Sets every rule's mode; one that cannot be read is {@code observe}. */
    void apply(Settings settings) {
        apply(settings, Mode.OBSERVE);
    }

    /** @param otherwise for modes that cannot be read; {@code null} to let the rule keep the mode that it has */
    private void apply(Settings settings, @Nullable Mode otherwise) {
        Mode all = read(Setting.MODE.key(), settings.text(Setting.MODE), otherwise, settings.complaints());
        for (String name : rules.names()) {
            String given = settings.given(RULE + name);
            Mode mode = given == null
                    ? all
                    : read(RULE + name, given, otherwise == null ? null : all, settings.complaints());
            if (mode == null) continue;
            rules.mode(name, mode);
            from.put(name, settings.modeFrom(name));
        }
    }

    /** Somebody has switched a rule over JMX. */
    void switched(String rule) {
        from.put(rule, "JMX");
    }

    /** Where a rule's mode came from. */
    String from(String rule) {
        return from.getOrDefault(rule, "default");
    }

    private static @Nullable Mode read(
            String key, String text, @Nullable Mode otherwise, Settings.Complaints complaints) {
        Mode mode = Mode.read(text);
        if (mode != null) return mode;
        complaints.add("weir: " + key + "=" + Settings.shown(text) + " is not one of off, observe, enforce; "
                + (otherwise == null ? "nothing changes." : "using " + otherwise.word() + "."));
        return otherwise;
    }

    /** The modes in one line. */
    String summary() {
        StringBuilder summary = new StringBuilder();
        for (String name : rules.names()) {
            Mode mode = rules.mode(name);
            if (summary.length() > 0) summary.append(", ");
            summary.append(name).append(' ').append(mode == null ? "?" : mode.word());
        }
        return summary.toString();
    }
}
