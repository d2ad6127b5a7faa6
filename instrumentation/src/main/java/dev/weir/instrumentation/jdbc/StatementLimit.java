package dev.weir.instrumentation.jdbc;

import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.WeakIdentityMap;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Cancels a statement that is still being executed when its deadline passes, and again until its execution returns: a
 * cancel that comes before the database has begun is lost.
 *
 * <p>Cancelling names no statement: drivers ask the server to stop whatever the connection is doing by then. So a cancel
 * must not begin once the execution has returned, and the next statement must not begin before a cancel has gone through.
 */
final class StatementLimit implements Runnable {

    // PostgreSQL's driver gives its own attempt to cancel 10 s.
    private static final long LONGEST_CANCEL_SECONDS = 12;
    private static final long AGAIN_MILLIS = 100;
    private static final long SELDOM_MILLIS = 5_000;

    private static final int DRIVERS = 1 << 10;
    private static final WeakIdentityMap<Boolean> cannotCancel = new WeakIdentityMap<>(DRIVERS);

    private final Statement statement;
    // Held while a cancel is on its way.
    private final ReentrantLock cancelling = new ReentrantLock();
    private volatile boolean returned;
    private volatile boolean cancelled;
    private volatile @Nullable Future<?> timer;
    private long againMillis = AGAIN_MILLIS;
    private long millis = Long.MAX_VALUE;

    StatementLimit(Statement statement) {
        this.statement = statement;
    }

    /** Whether the driver is not known to have no way to cancel a statement. */
    static boolean possibleFor(Statement statement) {
        return cannotCancel.get(statement.getClass()) == null;
    }

    /** Sets the time, in milliseconds, of an execution that has not begun; the shortest counts. */
    void atMost(long limitMillis) {
        millis = Math.min(millis, limitMillis);
    }

    /** The time, in milliseconds. */
    long millis() {
        return millis;
    }

    void start() {
        timer = DeadlineTimer.after(millis, this);
    }

    @Override
    public void run() {
        if (cancel()) again();
    }

    /** @return whether to do it again if the execution does not return */
    private boolean cancel() {
        cancelling.lock();
        try {
            if (returned) return false;
            statement.cancel();
            cancelled = true;
            return true;
        } catch (SQLFeatureNotSupportedException e) {
            cannotCancel.put(statement.getClass(), true);
            return false;
        } catch (SQLException | RuntimeException | LinkageError e) {
            // The statement runs on, or is over: then its own outcome stands.
            return e instanceof SQLException;
        } finally {
            cancelling.unlock();
        }
    }

    private void again() {
        Future<?> next = DeadlineTimer.after(againMillis, this);
        againMillis = Math.min(2 * againMillis, SELDOM_MILLIS);
        timer = next;
        if (returned) next.cancel(false);
    }

    /**
     * The execution has returned. Waits for a cancel under way.
     *
     * @return whether the statement was cancelled
     */
    boolean returned() {
        boolean held = awaitCancel();
        returned = true;
        if (held) cancelling.unlock();
        Future<?> pending = timer;
        if (pending != null) pending.cancel(false);
        return cancelled;
    }

    /** @return whether it has gone through */
    private boolean awaitCancel() {
        if (cancelling.tryLock()) return true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_CANCEL_SECONDS);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return cancelling.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
