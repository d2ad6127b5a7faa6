package dev.weir.agent.pipeline;

import dev.weir.agent.config.Log;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What is done once, when the platform's MBean server is there. */
final class WhenManaged {

    private final Log log;
    private final AtomicReference<@Nullable Runnable> registration = new AtomicReference<>();

    WhenManaged(Log log) {
        this.log = log;
    }

    void set(Runnable whenThere) {
        registration.set(whenThere);
    }

    /** The server is there. Nothing that is done now is followed. */
    void run(ThreadState state) {
        Runnable due = registration.getAndSet(null);
        if (due == null) return;
        boolean inside = state.inside;
        state.inside = true;
        try {
            due.run();
        } catch (Throwable t) {
            log.failure("registration of MBeans", t);
        } finally {
            state.inside = inside;
        }
    }
}
