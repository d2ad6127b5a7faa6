package dev.weir.agent;

import dev.weir.agent.config.Log;
import dev.weir.agent.rules.Mode;
import dev.weir.agent.rules.RuleBook;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** The rules' beans. */
final class ManagedRules {

    private ManagedRules() {}

    static void register(RuleBook rules, Log log) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (String rule : rules.names()) {
            try {
                server.registerMBean(
                        new StandardMBean(bean(rules, rule, log), RuleMXBean.class, true),
                        new ObjectName("dev.weir:type=Rule,name=" + rule));
            } catch (JMException e) {
                log.failure("registration of rule " + rule, e);
            }
        }
    }

    private static RuleMXBean bean(RuleBook rules, String rule, Log log) {
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
                    throw new IllegalArgumentException("mode \"" + mode + "\" is not one of off, observe, enforce");
                }
                rules.mode(rule, read);
                log.warn("rule " + rule + " is now " + read.word() + " (JMX)");
            }
        };
    }
}
