package dev.weir.bootstrap;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what ends a call whose deadline has passed. Its threads start with the first deadline that is enforced. */
public final class DeadlineTimer {

    /** For messages to the application: which rule has ended its call, and how that is switched off. */
    public static final String RULE = "(rule deadline; switch it off with -Dweir.rule.deadline=observe)";

    /** The message of a call that a passed deadline has ended. */
    public static final String PASSED = "weir: the deadline passed " + RULE;

    // A driver opens a connection to cancel a statement. To a host that hangs, each of these hangs too, and the
    // deadlines of calls to other hosts must not wait for that.
    private static final int MOST_ENDING = 64;
    private static final int IDLE_SECONDS = 10;

    private static final class Started {

        static final ScheduledThreadPoolExecutor TIMER =
                new ScheduledThreadPoolExecutor(1, new Daemons("weir-deadline"));
        static final ThreadPoolExecutor ENDING = new ThreadPoolExecutor(
                0,
                MOST_ENDING,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                new Daemons("weir-deadline-end"));

        static {
            TIMER.setRemoveOnCancelPolicy(true);
        }
    }

    private static final class Daemons implements ThreadFactory {

        private final String name;

        Daemons(String name) {
            this.name = name;
        }

        @Override
        public Thread newThread(Runnable task) {
            Thread thread = new Thread(null, task, name, 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(null);
            return thread;
        }
    }

    private static final class Due implements Runnable {

        private final Runnable action;

        Due(Runnable action) {
            this.action = action;
        }

        @Override
        public void run() {
            try {
                Started.ENDING.execute(action);
            } catch (RejectedExecutionException e) {
                action.run();
            }
        }
    }

    private DeadlineTimer() {}

    /**
     * Runs an action after a time, unless the returned future is cancelled before. The action may block.
     *
     * @param millis at least 0
     */
    public static Future<?> after(long millis, Runnable action) {
        // What the agent does by itself is no part of the run that made it necessary.
        boolean inside = Hooks.capture() != null;
        Object outer = inside ? Hooks.enter(null) : null;
        try {
            return Started.TIMER.schedule(new Due(action), millis, TimeUnit.MILLISECONDS);
        } finally {
            if (inside) Hooks.exit(outer);
        }
    }
}
