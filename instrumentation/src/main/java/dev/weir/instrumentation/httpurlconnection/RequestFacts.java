package dev.weir.instrumentation.httpurlconnection;

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
    // The names that levers set and the values before them in turn, in the order in which they were set.
    private @Nullable String[] set = NONE;
    private int setCount;
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
        HttpURLConnection alive = connection.get();
        return alive == null ? null : alive.getRequestProperty(name);
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
        String old = alive.getRequestProperty(name);
        try {
            SunNet.setHeader(alive, name, value);
        } catch (IllegalArgumentException e) {
            return false;
        }
        if (setCount == set.length) set = Arrays.copyOf(set, setCount + ROOM);
        set[setCount++] = name;
        set[setCount++] = old;
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    /** Takes what the levers set out again, before the JDK sends the same headers elsewhere. */
    void takeBack(Object headers) {
        HttpURLConnection alive = connection.get();
        for (int i = setCount - 2; i >= 0; i -= 2) {
            String name = set[i];
            String old = set[i + 1];
            if (name == null) continue;
            if (old == null) SunNet.removeHeader(headers, name);
            else if (alive != null) SunNet.setHeader(alive, name, old);
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
    public @Nullable String responseHeader(String name) {
        return reply == null ? null : SunNet.header(reply, name);
    }
}
