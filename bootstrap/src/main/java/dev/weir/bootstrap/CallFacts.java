package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/**
 * What an adapter knows of a call, and the levers that it offers.
 *
 * <p>Facts are read and levers pulled on the caller's thread, between begin and end. A lever that an adapter does not
 * have answers {@code false}: the verdict is then recorded as not enforced.
 */
public abstract class CallFacts {

    /** What sort of thing begins. A <em>call</em> is a leaf effect on the outside; a <em>scope</em> contains calls. */
    public enum Kind {
        /** An HTTP exchange that this process asks for. */
        HTTP_CLIENT(false),
        /** A SQL statement or a transaction's begin, commit or rollback. */
        SQL(false),
        /** Something that changes or reads a file. */
        FILE(false),
        /** An inbound HTTP request: everything caused by it happens inside. */
        HTTP_SERVER(true),
        /** One run of an agent. */
        RUN(true),
        /** A tool call. */
        TOOL(true),
        /** One try of a layer that retries. */
        RETRY(true),
        /** A message that is given to a broker. */
        MESSAGE_SEND(false),
        /** The processing of one message: everything caused by it happens inside. */
        MESSAGE_RECEIVE(true),
        /** One call of a model: its retries and its requests happen inside. */
        MODEL(true),
        /** One access to an agent's memory. */
        MEMORY(true),
        /** Another process that this one starts. */
        PROCESS(false),
        /** A request to the other side of an MCP session; over HTTP, its exchange happens inside. */
        MCP_CLIENT(true),
        /** A request from the other side of an MCP session: everything caused by it happens inside. */
        MCP_SERVER(true),
        /** A span that the application makes itself, and for which it has no SDK. It is none of its operations. */
        SPAN(true);

        private final boolean scope;

        Kind(boolean scope) {
            this.scope = scope;
        }

        /** Whether it contains calls. */
        public boolean scope() {
            return scope;
        }

        /** Whether there is another side, which may be slow, busy or gone. */
        public boolean outward() {
            return this == HTTP_CLIENT || this == SQL || this == MESSAGE_SEND || this == MCP_CLIENT;
        }

        /** Whether it comes from outside, and says itself what it is part of. */
        public boolean inbound() {
            return this == HTTP_SERVER || this == MESSAGE_RECEIVE || this == MCP_SERVER;
        }
    }

    private final Kind kind;
    private final String instrumentation;

    /**
     * @param kind what begins
     * @param instrumentation the adapter's name
     */
    protected CallFacts(Kind kind, String instrumentation) {
        this.kind = kind;
        this.instrumentation = instrumentation;
    }

    /** What begins. */
    public final Kind kind() {
        return kind;
    }

    /** The name of the adapter that saw it. */
    public final String instrumentation() {
        return instrumentation;
    }

    /** The time after which the caller itself gives up, in milliseconds; 0 when it never does. */
    public long callerTimeoutMillis() {
        return 0;
    }

    /**
     * Lever: the call shall fail when it takes longer, including its connection and its body.
     *
     * @param millis at least 1
     * @return whether this adapter can do that
     */
    public boolean limit(long millis) {
        return false;
    }

    /**
     * Whether the call can be refused. A call that only undoes or tidies up, such as a rollback, takes place whatever the
     * rules say: to refuse it would leave the harm that it is there to end.
     */
    public boolean refusable() {
        return true;
    }

    /**
     * Whether the calling thread waits for the outcome anyway, so that it may be made to wait before. Not for asynchronous
     * forms: their thread may be an event loop.
     */
    public boolean waits() {
        return false;
    }

    /**
     * The value of a request header as it now stands; {@code null} when it is not set or there are no headers. Inbound,
     * the values of several lines of one name joined by commas.
     */
    public @Nullable String header(String name) {
        return null;
    }

    /**
     * The names of the request's own headers, without those that levers set: a name that is not in this {@link HeaderSet}
     * need not be asked for.
     */
    public long headerNames() {
        return HeaderSet.ALL;
    }

    /**
     * As {@link #header}, for whoever asks for several.
     *
     * @param names what {@link #headerNames} said
     */
    public final @Nullable String header(long names, String name) {
        return (names & HeaderSet.of(name)) == 0 ? null : header(name);
    }

    /**
     * Lever: sets a request header. Only called for names that {@link #header} does not know.
     *
     * @return whether this adapter can do that
     */
    public boolean setHeader(String name, String value) {
        return false;
    }

    /**
     * Lever: replaces a request header that the application has set.
     *
     * @return whether this adapter can do that
     */
    public boolean replaceHeader(String name, String value) {
        return false;
    }

    /** The value of a response header; {@code null} before the response, when it is not set, or without headers. */
    public @Nullable String responseHeader(String name) {
        return null;
    }

    /** The names of the response's headers, as a {@link HeaderSet}. */
    public long responseHeaderNames() {
        return HeaderSet.ALL;
    }

    /**
     * Lever of a scope: adds a header to the reply, as long as the reply has not begun.
     *
     * @return whether this adapter can do that, now
     */
    public boolean setResponseHeader(String name, String value) {
        return false;
    }

    /**
     * A set of header names in 64 bits. It may hold names that nobody added, but never lacks one that somebody did: most of
     * the names that the agent asks for are in no request, and one look at the set is cheaper than twenty at the headers.
     *
     * <p>Source: B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", with one bit for each name.
     */
    public static final class HeaderSet {

        /** The set of those who cannot tell, or do not care to. */
        public static final long ALL = -1L;

        private HeaderSet() {}

        /** The set of one name; upper and lower case are the same, for letters of ASCII. */
        public static long of(String name) {
            int length = name.length();
            if (length == 0) return 1;
            int hash = length * 31 + lower(name.charAt(0)) * 7 + lower(name.charAt(length - 1)) * 3;
            return 1L << (hash + lower(name.charAt(length >> 1)));
        }

        private static int lower(char c) {
            return c | 0x20;
        }
    }
}
