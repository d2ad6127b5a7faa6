package dev.weir.instrumentation.httpurlconnection;

import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.WeakIdentityMap;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.SocketTimeoutException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Closes the socket of a request that takes too long: in the handshake, before the reply, or in its body.
 *
 * <p>The timeouts that the JDK knows would not do. They count each read anew, and stay on a kept-alive connection for its
 * next request.
 */
final class Deadline implements Runnable {

    private static final int MOST = 1 << 16;
    private static final WeakIdentityMap<Deadline> CLIENTS = new WeakIdentityMap<>(MOST);
    private static final WeakIdentityMap<Deadline> BODIES = new WeakIdentityMap<>(MOST);

    private final long millis;
    private final long nanos;
    private @Nullable WeakReference<Object> client;
    private @Nullable Future<?> timer;
    private boolean expired;
    private boolean released;

    private Deadline(long millis) {
        this.millis = millis;
        this.nanos = System.nanoTime() + millis * 1_000_000;
    }

    static Deadline in(long millis) {
        Deadline deadline = new Deadline(millis);
        Future<?> timer = DeadlineTimer.after(millis, deadline);
        synchronized (deadline) {
            deadline.timer = timer;
        }
        return deadline;
    }

    /** The client has the connection over which the request goes. */
    synchronized void attach(Object user) {
        client = new WeakReference<>(user);
        CLIENTS.put(user, this);
        if (expired) {
            SunNet.close(user);
        } else if (released) {
            released = false;
            timer = DeadlineTimer.after(millisLeft(), this);
        }
    }

    /** The client is about to hand its connection on to whoever wants one: no longer ours to close. */
    static void release(Object client) {
        Deadline deadline = CLIENTS.remove(client);
        if (deadline != null && deadline.user() == client) deadline.release();
    }

    private synchronized @Nullable Object user() {
        return client == null ? null : client.get();
    }

    synchronized void release() {
        released = true;
        if (timer != null) timer.cancel(false);
    }

    @Override
    public synchronized void run() {
        if (released) return;
        expired = true;
        Object user = user();
        if (user != null) SunNet.close(user);
    }

    synchronized boolean expired() {
        return expired;
    }

    /** At least 1. */
    int millisLeft() {
        long left = (nanos - System.nanoTime()) / 1_000_000;
        return (int) Math.max(1, Math.min(left, Integer.MAX_VALUE));
    }

    /** Whether this is why something failed. */
    boolean caused(@Nullable Throwable thrown) {
        if (!(thrown instanceof Exception)) return false;
        return expired() || (thrown instanceof SocketTimeoutException && millisLeft() == 1);
    }

    String message() {
        return "weir: the deadline passed after " + millis + " ms " + DeadlineTimer.RULE;
    }

    /**
     * A body came to its end, or failed.
     *
     * @return what the application shall see instead, {@code null} for no change
     */
    @Nullable
    Throwable ended(@Nullable Throwable thrown) {
        // To the reader of a TLS stream a socket that was closed under it looks like the end of the body.
        if (thrown == null ? expired() : caused(thrown)) return timeout(thrown);
        release();
        return null;
    }

    /** What the application shall see instead. */
    SocketTimeoutException timeout(@Nullable Throwable thrown) {
        SocketTimeoutException timeout = new SocketTimeoutException(message());
        if (thrown != null) timeout.initCause(thrown);
        return timeout;
    }

    /** The body that is read under this deadline. */
    void covers(InputStream body) {
        BODIES.put(body, this);
    }

    static @Nullable Deadline of(InputStream body) {
        return BODIES.get(body);
    }
}
