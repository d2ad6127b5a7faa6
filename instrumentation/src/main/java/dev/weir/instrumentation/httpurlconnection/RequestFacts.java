package dev.weir.instrumentation.httpurlconnection;

import dev.weir.bootstrap.CallFacts.HeaderSet;
import dev.weir.bootstrap.HttpFacts;
import java.io.ByteArrayOutputStream;
import java.lang.ref.WeakReference;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is known of the request that a connection sends next. */
final class RequestFacts extends HttpFacts {

    private static final @Nullable String[] NONE = new String[0];
    private static final int ROOM = 4;

    // Weak: these facts are kept for as long as their connection lives.
    private final WeakReference<HttpURLConnection> connection;
    private final boolean sends;
    private final @Nullable ByteArrayOutputStream body;
    private final boolean bodyUnknown;
    private final long callerTimeoutMillis;
    // Names and values in turn: what levers added, which is printed with the request, and never seen by the
    // application.
    private @Nullable String[] added = NONE;
    private int addedCount;
    // What levers replaced, and the values before, in the order in which it was replaced.
    private @Nullable String[] replaced = NONE;
    private int replacedCount;
    private long names = HeaderSet.ALL;
    private @Nullable Object reply;
    private int status;
    private long limitMillis;

    /**
     * @param sends whether the request goes out now; else only its connection is opened
     * @param body complete, {@code null} when there is none yet
     */
    RequestFacts(
            HttpURLConnection connection,
            URL url,
            String method,
            boolean sends,
            @Nullable ByteArrayOutputStream body,
            boolean bodyUnknown) {
        super(
                Kind.HTTP_CLIENT,
                "http-url-connection",
                method,
                url.getProtocol(),
                url.getHost(),
                url.getPort(),
                url.getPath(),
                url.getQuery());
        this.connection = new WeakReference<>(connection);
        this.sends = sends;
        this.body = body;
        this.bodyUnknown = bodyUnknown;
        this.callerTimeoutMillis = connection.getReadTimeout();
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public long callerTimeoutMillis() {
        return callerTimeoutMillis;
    }

    @Override
    public boolean limit(long millis) {
        limitMillis = millis;
        return true;
    }

    /** 0 when there is no limit. */
    long limitMillis() {
        return limitMillis;
    }

    @Override
    public @Nullable String header(String name) {
        for (int i = 0; i < addedCount; i += 2) if (name.equalsIgnoreCase(added[i])) return added[i + 1];
        HttpURLConnection alive = connection.get();
        return alive == null ? null : alive.getRequestProperty(name);
    }

    @Override
    public long headerNames() {
        // They are those of the one request that goes out now: nobody can add to them any more.
        if (names != HeaderSet.ALL) return names;
        HttpURLConnection alive = connection.get();
        if (alive != null) names = SunNet.names(alive);
        return names;
    }

    @Override
    public boolean repeatsHeader(String name) {
        HttpURLConnection alive = connection.get();
        return alive != null && SunNet.repeatsHeader(alive, name);
    }

    @Override
    public boolean setHeader(String name, String value) {
        // When only a connection is opened the lever is there, and will be pulled again when the request begins.
        if (!sends) return true;
        HttpURLConnection alive = connection.get();
        if (alive == null || reply != null) return false;
        if (!isSendable(value)) return false;
        String old = (headerNames() & HeaderSet.of(name)) == 0 ? null : alive.getRequestProperty(name);
        if (old == null) add(name, value);
        else replace(alive, name, old, value);
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    /** Nobody else looks at it before it is on the wire. */
    private static boolean isSendable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') return false;
        }
        return true;
    }

    private void add(String name, String value) {
        int at = 0;
        while (at < addedCount && !name.equalsIgnoreCase(added[at])) at += 2;
        if (at == added.length) added = Arrays.copyOf(added, at + ROOM);
        added[at] = name;
        added[at + 1] = value;
        addedCount = Math.max(addedCount, at + 2);
    }

    private void replace(HttpURLConnection alive, String name, String old, String value) {
        SunNet.setHeader(alive, name, value);
        if (replacedCount == replaced.length) replaced = Arrays.copyOf(replaced, replacedCount + ROOM);
        replaced[replacedCount++] = name;
        replaced[replacedCount++] = old;
    }

    /** Whether levers added headers. */
    boolean adds() {
        return addedCount > 0;
    }

    /** Prints what levers added. */
    void print(HeadStream head) {
        for (int i = 0; i < addedCount; i += 2) {
            String name = added[i];
            String value = added[i + 1];
            if (name != null && value != null) head.header(name, value);
        }
    }

    /** Takes what the levers replaced out again, before the JDK sends the same headers elsewhere. */
    void takeBack() {
        HttpURLConnection alive = connection.get();
        if (alive == null) return;
        for (int i = replacedCount - 2; i >= 0; i -= 2) {
            String name = replaced[i];
            String old = replaced[i + 1];
            if (name != null && old != null) SunNet.setHeader(alive, name, old);
        }
    }

    @Override
    public long bodyLength() {
        if (bodyUnknown) return -1;
        return body == null ? 0 : body.size();
    }

    @Override
    public byte @Nullable [] replayableBody(int limit) {
        return body == null || body.size() == 0 || body.size() > limit ? null : body.toByteArray();
    }

    /** The head of a reply was read. */
    void replied(Object headers) {
        reply = headers;
        status = status(SunNet.statusLine(headers));
    }

    private static int status(@Nullable String line) {
        if (line == null || !line.startsWith("HTTP/")) return 0;
        int at = line.indexOf(' ');
        while (at >= 0 && at < line.length() && line.charAt(at) == ' ') at++;
        if (at < 0 || at + 3 > line.length()) return 0;
        int code = 0;
        for (int i = at; i < at + 3; i++) {
            int digit = line.charAt(i) - '0';
            if (digit < 0 || digit > 9) return 0;
            code = code * 10 + digit;
        }
        return code;
    }

    /** Of the last reply; 0 before it. */
    int status() {
        return status;
    }

    @Override
    public long responseHeaderNames() {
        return reply == null ? 0 : SunNet.names(reply);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        return reply == null ? null : SunNet.header(reply, name);
    }
}
