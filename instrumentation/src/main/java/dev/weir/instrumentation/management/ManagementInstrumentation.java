package dev.weir.instrumentation.management;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;

/**
 * The platform's MBean server: the agent's beans appear when it does. To start it for them alone would cost every
 * application a tenth of a second.
 */
public final class ManagementInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "management";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("java.lang.management.ManagementFactory").exactly("getPlatformMBeanServer", "Started");
    }

    static final class Started {

        static void exit() {
            Hooks.managed();
        }
    }
}
