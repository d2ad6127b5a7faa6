package dev.weir.agent;

import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;

/** One option of a rule, over JMX. */
public final class RuleOption {

    private final String name;
    private final String value;
    private final String defaultValue;
    private final String from;

    RuleOption(Setting setting, Settings settings) {
        name = setting.key();
        value = settings.text(setting);
        defaultValue = setting.defaultValue();
        from = settings.where(setting.key());
    }

    /** The setting's name. */
    public String getName() {
        return name;
    }

    /** Its value, as it was given. */
    public String getValue() {
        return value;
    }

    /** What holds when nobody gives one. */
    public String getDefaultValue() {
        return defaultValue;
    }

    /** Where the value came from. */
    public String getFrom() {
        return from;
    }
}
