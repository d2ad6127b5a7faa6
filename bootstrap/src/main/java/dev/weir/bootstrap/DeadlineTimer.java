package dev.weir.bootstrap;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what ends a call whose deadline has passed. Its threads start with the first deadline that is enforced. */
public final class DeadlineTimer {

    // Ending a call can block (a driver opens a connection to cancel a statement), so one thread is not enough.
    private static final int THREADS = 2;

    private static final class Started {

        static final ScheduledThreadPoolExecutor TIMER = start();

        private static ScheduledThreadPoolExecutor start() {
            ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(THREADS, task -> {
                Thread thread = new Thread(null, task, "weir-deadline", 0, false);
                thread.setDaemon(true);
                thread.setContextClassLoader(null);
                return thread;
            });
            timer.setRemoveOnCancelPolicy(true);
            return timer;
        }
    }

    private DeadlineTimer() {}

    /**
     * Runs an action after a time, unless the returned future is cancelled before.
     *
     * @param millis at least 0
     */
    public static Future<?> after(long millis, Runnable action) {
        // What the agent does by itself is no part of the run that made it necessary.
        boolean inside = Hooks.capture() != null;
        Object outer = inside ? Hooks.enter(null) : null;
        try {
            return Started.TIMER.schedule(action, millis, TimeUnit.MILLISECONDS);
        } finally {
            if (inside) Hooks.exit(outer);
        }
    }
}
