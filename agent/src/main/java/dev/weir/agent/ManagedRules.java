package dev.weir.agent;

import dev.weir.agent.config.Log;
import dev.weir.agent.config.Setting;
import dev.weir.agent.config.Settings;
import dev.weir.agent.rules.Mode;
import dev.weir.agent.rules.RuleBook;
import java.util.ArrayList;
import java.util.List;

/** The rules' beans, one for each: {@code dev.weir:type=Rule,name=<rule>}. */
final class ManagedRules {

    private ManagedRules() {}

    static void register(RuleBook rules, RuleModes modes, Settings settings, Log log) {
        for (String rule : rules.names()) {
            Beans.register(bean(rules, modes, settings, rule, log), RuleMXBean.class, "type=Rule,name=" + rule, log);
        }
    }

    private static RuleMXBean bean(RuleBook rules, RuleModes modes, Settings settings, String rule, Log log) {
        return new RuleMXBean() {
            @Override
            public String getMode() {
                Mode mode = rules.mode(rule);
                return mode == null ? "" : mode.word();
            }

            @Override
            public void setMode(String mode) {
                Mode read = Mode.read(mode);
                if (read == null) {
                    throw new IllegalArgumentException("mode \"" + Settings.shown(String.valueOf(mode))
                            + "\" is not one of off, observe, enforce");
                }
                rules.mode(rule, read);
                modes.switched(rule);
                log.warn("rule " + rule + " is now " + read.word() + " (JMX)");
            }

            @Override
            public String getModeFrom() {
                return modes.from(rule);
            }

            @Override
            public RuleOption[] getOptions() {
                List<RuleOption> options = new ArrayList<>();
                for (Setting setting : Setting.of(rule)) options.add(new RuleOption(setting, settings));
                return options.toArray(new RuleOption[0]);
            }
        };
    }
}
