package dev.weir.bootstrap;

import org.jspecify.annotations.Nullable;

/**
 * What an adapter knows of a request of the Model Context Protocol, as the side that asks ({@link Kind#MCP_CLIENT}) or that
 * is asked ({@link Kind#MCP_SERVER}). Its headers are the entries of {@code _meta}, in the request and in the result.
 */
public abstract class McpFacts extends CallFacts {

    private final String method;

    /** @param method such as {@code tools/call} */
    protected McpFacts(Kind kind, String instrumentation, String method) {
        super(kind, instrumentation);
        this.method = method;
    }

    /** The method, such as {@code tools/call}. */
    public final String method() {
        return method;
    }

    /** The tool or the prompt that is asked for; {@code null} when it is neither. */
    public @Nullable String target() {
        return null;
    }

    /** The resource that is asked for. */
    public @Nullable String resource() {
        return null;
    }

    /** {@code pipe} for a session over standard input and output, {@code tcp} for HTTP; {@code null} when unknown. */
    public @Nullable String transport() {
        return null;
    }

    /** Client: the server's host; empty when unknown, and over a pipe. */
    public String host() {
        return "";
    }

    /** Client: the server's port; 0 when unknown. */
    public int port() {
        return 0;
    }

    /** Client: what the server calls itself; {@code null} before it has said so. */
    public @Nullable String server() {
        return null;
    }

    /** The request's id. */
    public @Nullable String requestId() {
        return null;
    }

    /** The session's id. */
    public @Nullable String sessionId() {
        return null;
    }

    /** The version of the protocol that both sides have agreed on. */
    public @Nullable String protocolVersion() {
        return null;
    }

    /** What else is asked for: part of the operation's identity. Values and containers of the JDK are looked at. */
    public Object @Nullable [] arguments() {
        return null;
    }
}
