package dev.weir.agent;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;
import dev.weir.agent.config.SettingsFile;
import dev.weir.agent.rules.Mode;
import dev.weir.agent.rules.RuleBook;

/** Sets the rules' modes from settings, at start and whenever settings change. */
final class RuleModes implements SettingsFile.Listener {

    private final RuleBook rules;
    private final Log log;

    RuleModes(RuleBook rules, Log log) {
        this.rules = rules;
        this.log = log;
    }

    @Override
    public void changed(Settings settings, Settings.Complaints complaints) {
        String before = summary();
        apply(settings, complaints);
        String after = summary();
        if (!before.equals(after)) log.warn("rules are now: " + after);
    }

    void apply(Settings settings, Settings.Complaints complaints) {
        Mode all = read(Setting.MODE.key(), settings.text(Setting.MODE), Mode.OBSERVE, complaints);
        for (String name : rules.names()) {
            String key = "weir.rule." + name;
            String given = settings.given(key);
            rules.mode(name, given == null ? all : read(key, given, all, complaints));
        }
    }

    private static Mode read(String key, String text, Mode otherwise, Settings.Complaints complaints) {
        Mode mode = Mode.read(text);
        if (mode != null) return mode;
        complaints.add(
                "weir: " + key + "=" + text + " is not one of off, observe, enforce; using " + otherwise.word() + ".");
        return otherwise;
    }

    /** The modes in one line. */
    String summary() {
        StringBuilder summary = new StringBuilder("rules ");
        boolean more = false;
        for (String name : rules.names()) {
            Mode mode = rules.mode(name);
            if (more) summary.append(", ");
            summary.append(name).append(' ').append(mode == null ? "?" : mode.word());
            more = true;
        }
        return summary.toString();
    }
}
