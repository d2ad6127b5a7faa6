package dev.weir.instrumentation.shared;

import dev.weir.bootstrap.DeadlineTimer;
import java.net.SocketTimeoutException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The time that the rules have left to one call, its body included; without one, nothing happens. */
public final class CallLimit {

    /** No limit, for all calls. */
    public static final CallLimit NONE = new CallLimit();

    private long millis;
    private volatile long due;
    private volatile @Nullable Future<?> timer;

    private CallLimit() {}

    /** This limit with another time, for a call that has not begun. */
    public CallLimit with(long limitMillis) {
        CallLimit limit = this == NONE ? new CallLimit() : this;
        limit.millis = limitMillis;
        return limit;
    }

    /** Whether there is a time to be kept. */
    public boolean isSet() {
        return millis > 0;
    }

    /** The whole time, in milliseconds; 0 when there is no limit. */
    public long millis() {
        return millis;
    }

    /**
     * The call begins: from now the time runs.
     *
     * @param end ends the call, wherever it is; may block
     */
    public void start(Runnable end) {
        if (millis <= 0) return;
        // 0 stands for no limit.
        due = (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis)) | 1;
        timer = DeadlineTimer.after(millis, end);
    }

    /** Whether the time of a limit runs, or is up. */
    public boolean isRunning() {
        return due != 0;
    }

    /** Whether there is a limit and its time is up. */
    public boolean isOver() {
        long end = due;
        return end != 0 && System.nanoTime() - end >= 0;
    }

    /** The call is over, body and all. */
    public void cancel() {
        Future<?> pending = timer;
        if (pending != null) pending.cancel(false);
    }

    /** What the application is told instead of what was thrown; {@code null} when the limit is not the reason. */
    public @Nullable SocketTimeoutException reasonOf(@Nullable Throwable thrown) {
        return thrown != null && isOver() ? timeout(thrown) : null;
    }

    /** What the application is told when the time is up. */
    public static SocketTimeoutException timeout(@Nullable Throwable suppressed) {
        SocketTimeoutException timeout = new SocketTimeoutException(DeadlineTimer.PASSED);
        if (suppressed != null) timeout.addSuppressed(suppressed);
        return timeout;
    }
}
