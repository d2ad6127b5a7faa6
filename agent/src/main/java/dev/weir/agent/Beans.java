package dev.weir.agent;

import dev.weir.agent.config.Log;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** Puts the agent's beans where JMX finds them. */
final class Beans {

    private Beans() {}

    static <T> void register(T bean, Class<T> type, String name, Log log) {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .registerMBean(new StandardMBean(bean, type, true), new ObjectName("dev.weir:" + name));
        } catch (JMException e) {
            log.failure("registration of " + name, e);
        }
    }
}
