package dev.weir.instrumentation.jbossthreads;

import dev.weir.instrumentation.shared.InContext;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import org.jspecify.annotations.Nullable;

/**
 * JBoss Threads: carries the causal context into tasks of its executor, which is none of the JDK's. Quarkus runs blocking
 * endpoints on it.
 */
public final class JbossThreadsInstrumentation implements Instrumentation {

    @Override
    public String name() {
        return "jboss-threads";
    }

    @Override
    public void weave(Weaving weaving) {
        weaving.type("org.jboss.threads.EnhancedQueueExecutor").exactly("execute", "Execute", "java.lang.Runnable");
    }

    /** Every form of {@code submit} comes here too. */
    static final class Execute {

        static @Nullable Runnable argument0(Object executor, @Nullable Runnable task) {
            return InContext.task(task);
        }
    }
}
