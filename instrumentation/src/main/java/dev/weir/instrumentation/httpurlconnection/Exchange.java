package dev.weir.instrumentation.httpurlconnection;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.Hooks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A thread's stay in the methods of a connection. In it the JDK may connect, send, be redirected, send again by itself,
 * and read the head of the reply; each request is one call.
 */
final class Exchange {

    private static final ThreadLocal<@Nullable Exchange> CURRENT = new ThreadLocal<>();

    private final HttpURLConnection connection;
    private final boolean sends;
    private final boolean streams;
    private final @Nullable Exchange outer;

    private boolean begun;
    private @Nullable Call call;
    private @Nullable RequestFacts facts;
    private @Nullable Deadline deadline;
    private boolean sent;
    private @Nullable Object sentHeaders;
    private boolean inTunnel;
    private int writing;
    private boolean refused;

    private Exchange(HttpURLConnection connection, boolean sends, boolean streams, @Nullable Exchange outer) {
        this.connection = connection;
        this.sends = sends;
        this.streams = streams;
        this.outer = outer;
    }

    // ---- the ways in: null when the thread is already in this connection

    /** To open a connection: the request comes later. */
    static @Nullable Exchange toConnect(HttpURLConnection connection) {
        return of(connection) != null ? null : enter(connection, false, false);
    }

    /** To write a body: into memory, or, behind the head of the request, to the server. */
    static @Nullable Exchange toWrite(HttpURLConnection connection) {
        if (of(connection) != null) return null;
        boolean streams = SunNet.streaming(connection);
        return enter(connection, streams, streams);
    }

    /** To read the reply. */
    static @Nullable Exchange toRead(HttpURLConnection connection) {
        if (of(connection) != null) return null;
        Exchange entered = enter(connection, true, SunNet.streaming(connection));
        Carried carried = Carried.known(connection);
        if (carried != null && carried.facts != null) {
            entered.begun = true;
            entered.call = carried.call;
            entered.facts = carried.facts;
            entered.deadline = carried.deadline;
            entered.sent = true;
            carried.call = null;
            carried.facts = null;
        }
        return entered;
    }

    private static Exchange enter(HttpURLConnection connection, boolean sends, boolean streams) {
        Exchange entered = new Exchange(connection, sends, streams, CURRENT.get());
        CURRENT.set(entered);
        return entered;
    }

    static @Nullable Exchange of(HttpURLConnection connection) {
        Exchange current = CURRENT.get();
        return current != null && current.connection == connection ? current : null;
    }

    static @Nullable Exchange current() {
        return CURRENT.get();
    }

    // ---- inside

    /**
     * The JDK is about to connect, or to send over a connection that it has.
     *
     * @return a denial, else {@code null}
     */
    @Nullable
    Call begin() {
        if (begun) return overdue();
        begun = true;
        Carried carried = Carried.known(connection);
        if (carried != null && carried.denied != null) return refuse(carried.denied);
        if (!Hooks.follows(CallFacts.Kind.HTTP_CLIENT)) return null;
        ByteArrayOutputStream body = carried == null ? null : carried.body;
        String method = connection.getRequestMethod();
        // A redirected POST becomes a GET without a body.
        if (method.equals("GET")) body = null;
        boolean writes = connection.getDoOutput() && !sends;
        if (writes && method.equals("GET")) method = "POST";
        RequestFacts known = new RequestFacts(connection, connection.getURL(), method, sends, body, streams || writes);
        Call opened = Hooks.begin(known);
        if (opened instanceof Call.Denied denied) return refuse(denied);
        if (opened == null) return null;
        call = opened;
        facts = known;
        if (known.limitMillis() > 0) deadline = Deadline.in(known.limitMillis());
        return null;
    }

    private Call.Denied refuse(Call.Denied denied) {
        refused = true;
        Carried.of(connection).denied = denied;
        return denied;
    }

    private Call.@Nullable Denied overdue() {
        return deadline != null && deadline.expired() ? new Call.Denied("deadline", deadline.message(), true) : null;
    }

    /** The JDK writes the request, and, when that fails, calls itself to write it to a new connection. */
    @Nullable
    Call write() {
        if (writing++ == 0) return begin();
        Call late = overdue();
        return late != null ? late : again();
    }

    void written() {
        if (writing > 0) writing--;
    }

    private @Nullable Call again() {
        Call.Denied denied = Hooks.resent(call);
        return denied == null ? null : refuse(denied);
    }

    /** The bytes are about to go out. */
    @Nullable
    Call onWire(Object client, Object headers) {
        String line = SunNet.requestLine(headers);
        inTunnel = line != null && line.startsWith("CONNECT ");
        attach(client);
        if (inTunnel) return null;
        sent = true;
        sentHeaders = headers;
        // Nobody but the client itself asked for it: the reply did not come, and it tries once more.
        return writing == 0 ? again() : null;
    }

    /** The request whose head is being printed, if levers added to it; {@code null} for any other. */
    @Nullable
    RequestFacts printing(Object headers) {
        return headers == sentHeaders && !inTunnel && facts != null && facts.adds() ? facts : null;
    }

    void attach(Object client) {
        if (deadline != null) deadline.attach(client);
    }

    /**
     * The connect timeout for the time left.
     *
     * @return 0 when the client shall keep its own
     */
    int connectMillis(int own) {
        if (deadline == null) return 0;
        int left = deadline.millisLeft();
        return own > 0 && own <= left ? 0 : left;
    }

    void replied(Object headers) {
        if (facts != null && !inTunnel) facts.replied(headers);
    }

    /** The reply sends the JDK elsewhere, with the headers that it has. The next request is a call of its own. */
    void redirected(int status) {
        Hooks.end(call, status, null);
        if (deadline != null) deadline.release();
        if (facts != null && sentHeaders != null) facts.takeBack();
        begun = false;
        call = null;
        facts = null;
        deadline = null;
        sent = false;
        sentHeaders = null;
    }

    // ---- the ways out: what shall be thrown, null for no change

    @Nullable
    Throwable connected(@Nullable Throwable thrown) {
        restore();
        Throwable shown = shown(thrown);
        if (deadline != null) deadline.release();
        if (shown == null) Hooks.withdraw(call);
        else Hooks.end(call, 0, shown);
        return shown == thrown ? null : shown;
    }

    @Nullable
    Throwable opened(@Nullable OutputStream stream, @Nullable Throwable thrown) {
        if (!sends) {
            if (stream instanceof ByteArrayOutputStream body) Carried.of(connection).body = body;
            return connected(thrown);
        }
        if (thrown != null) return read(null, thrown);
        restore();
        if (call != null) {
            Carried carried = Carried.of(connection);
            carried.call = call;
            carried.facts = facts;
            carried.deadline = deadline;
            Hooks.leave(call);
        }
        return null;
    }

    @Nullable
    Throwable read(@Nullable InputStream body, @Nullable Throwable thrown) {
        restore();
        Throwable shown = shown(thrown);
        int status = facts == null || shown != thrown ? 0 : facts.status();
        if (call != null) {
            if (shown == null && !sent) Hooks.withdraw(call);
            // A status is an answer, even where this API makes an exception of it.
            else Hooks.end(call, status, status >= 400 ? null : shown);
        }
        if (refused) connection.disconnect();
        keep(body, status >= 400 || shown == null);
        return shown == thrown ? null : shown;
    }

    /** What the application may still do: read the body, or ask again why it failed. */
    private void keep(@Nullable InputStream body, boolean bodyFollows) {
        Deadline running = deadline;
        if (running != null && bodyFollows) {
            if (body != null) running.covers(body);
            Carried.of(connection).deadline = running;
            return;
        }
        if (running != null) running.release();
        Carried carried = Carried.known(connection);
        boolean replied = facts != null && facts.status() > 0;
        if (carried != null && replied && carried.denied == null && carried.passed == null) {
            Carried.forget(connection);
        }
    }

    private @Nullable Throwable shown(@Nullable Throwable thrown) {
        if (thrown == null) return null;
        Carried carried = Carried.known(connection);
        Deadline passed = carried == null ? null : carried.passed;
        boolean replied = facts != null && facts.status() > 0;
        if (passed == null && deadline != null && !replied && deadline.caused(thrown)) {
            passed = deadline;
            Carried.of(connection).passed = passed;
        }
        if (passed == null || !(thrown instanceof Exception)) return thrown;
        boolean said =
                thrown instanceof SocketTimeoutException && passed.message().equals(thrown.getMessage());
        return said ? thrown : passed.timeout(thrown);
    }

    private void restore() {
        // Not removed where there is none: the next one on this thread would make an entry anew.
        CURRENT.set(outer);
    }

    static IOException denial(Call.Denied denied) {
        return denied.timeout() ? new SocketTimeoutException(denied.message()) : new IOException(denied.message());
    }
}
