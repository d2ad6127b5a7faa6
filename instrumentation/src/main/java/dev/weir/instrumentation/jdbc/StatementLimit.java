package dev.weir.instrumentation.jdbc;

import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.WeakIdentityMap;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Cancels a statement that is still being executed when its deadline passes.
 *
 * <p>Cancelling names no statement: drivers ask the server to stop whatever the connection is doing by then. So a cancel
 * must not begin once the execution has returned, and the next statement must not begin before a cancel has gone through.
 */
final class StatementLimit implements Runnable {

    private static final int RUNNING = 0;
    private static final int CANCELLING = 1;
    private static final int CANCELLED = 2;
    private static final int NOT_CANCELLED = 3;
    private static final int RETURNED = 4;

    // PostgreSQL's driver gives its own attempt to cancel 10 s.
    private static final long LONGEST_CANCEL_SECONDS = 12;

    private static final int DRIVERS = 1 << 10;
    private static final WeakIdentityMap<Boolean> cannotCancel = new WeakIdentityMap<>(DRIVERS);

    private final Statement statement;
    private final AtomicInteger state = new AtomicInteger(RUNNING);
    private final CountDownLatch wentThrough = new CountDownLatch(1);
    private @Nullable Future<?> timer;

    StatementLimit(Statement statement) {
        this.statement = statement;
    }

    /** Whether the driver is not known to have no way to cancel a statement. */
    static boolean possibleFor(Statement statement) {
        return cannotCancel.get(statement.getClass()) == null;
    }

    void start(long millis) {
        timer = DeadlineTimer.after(millis, this);
    }

    @Override
    public void run() {
        if (!state.compareAndSet(RUNNING, CANCELLING)) return;
        boolean cancelled = false;
        try {
            statement.cancel();
            cancelled = true;
        } catch (SQLFeatureNotSupportedException e) {
            cannotCancel.put(statement.getClass(), true);
        } catch (SQLException | RuntimeException | LinkageError e) {
            // The statement runs on, or is over: then its own outcome stands.
        } finally {
            state.set(cancelled ? CANCELLED : NOT_CANCELLED);
            wentThrough.countDown();
        }
    }

    /**
     * The execution has returned. Waits for a cancel under way.
     *
     * @return whether the statement was cancelled
     */
    boolean returned() {
        if (state.compareAndSet(RUNNING, RETURNED)) {
            if (timer != null) timer.cancel(false);
            return false;
        }
        awaitCancel();
        return state.get() == CANCELLED;
    }

    private void awaitCancel() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_CANCEL_SECONDS);
        boolean interrupted = false;
        boolean waiting = true;
        while (waiting) {
            try {
                wentThrough.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                waiting = false;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
