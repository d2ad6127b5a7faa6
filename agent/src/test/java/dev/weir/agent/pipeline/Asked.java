package dev.weir.agent.pipeline;

import dev.weir.bootstrap.McpFacts;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request of an MCP session as an adapter would report it, with all levers. */
final class Asked extends McpFacts {

    final Map<String, String> meta = new TreeMap<>();
    final Map<String, String> reply = new TreeMap<>();
    private final String tool;
    private final Map<String, Object> arguments;
    String transport = "pipe";
    String host = "";
    long limited;
    long callerTimeout;

    private Asked(Kind kind, String tool, Map<String, Object> arguments) {
        super(kind, "test", "tools/call");
        this.tool = tool;
        this.arguments = arguments;
    }

    static Asked sent(String tool, Map<String, Object> arguments) {
        return new Asked(Kind.MCP_CLIENT, tool, arguments);
    }

    static Asked received(Asked sent) {
        Asked received = new Asked(Kind.MCP_SERVER, sent.tool, sent.arguments);
        received.meta.putAll(sent.meta);
        return received;
    }

    Asked overHttp(String toHost) {
        transport = "tcp";
        host = toHost;
        return this;
    }

    @Override
    public String target() {
        return tool;
    }

    @Override
    public String transport() {
        return transport;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public int port() {
        return host.isEmpty() ? 0 : 8080;
    }

    @Override
    public String server() {
        return "tools";
    }

    @Override
    public Object[] arguments() {
        return new Object[] {arguments};
    }

    @Override
    public long callerTimeoutMillis() {
        return callerTimeout;
    }

    @Override
    public boolean limit(long millis) {
        limited = millis;
        return true;
    }

    @Override
    public @Nullable String header(String name) {
        return meta.get(name);
    }

    @Override
    public boolean setHeader(String name, String value) {
        meta.put(name, value);
        return true;
    }

    @Override
    public boolean replaceHeader(String name, String value) {
        return setHeader(name, value);
    }

    @Override
    public @Nullable String responseHeader(String name) {
        return reply.get(name);
    }

    @Override
    public boolean setResponseHeader(String name, String value) {
        reply.put(name, value);
        return true;
    }
}
