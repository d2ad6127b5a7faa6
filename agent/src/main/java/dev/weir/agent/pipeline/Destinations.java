package dev.weir.agent.pipeline;

import dev.weir.agent.context.Destination;
import dev.weir.agent.context.HostClasses;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.McpFacts;
import dev.weir.bootstrap.MessageFacts;
import dev.weir.bootstrap.SqlFacts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Where calls go, and whether that belongs to us. */
final class Destinations {

    /** The ports of one host, the last one found first. */
    private record Port(
            int number, Destination destination, @Nullable Port next) {}

    private static final int MOST_PORTS = 64;
    /** Far longer than any broker allows: 249 characters in Kafka. */
    private static final int LONGEST_NAME = 1_024;

    private final HostClasses internal;
    private final int most;
    private final Map<String, Port> byHost = new ConcurrentHashMap<>();
    private final Map<String, Destination> byUrl = new ConcurrentHashMap<>();

    /** @param most how many hosts, and how many databases and queues, are remembered */
    Destinations(HostClasses internal, int most) {
        this.internal = internal;
        this.most = most;
    }

    Destination of(CallFacts facts) {
        if (facts instanceof HttpFacts http) return http(http.host(), http.port());
        if (facts instanceof SqlFacts sql) return database(sql.url());
        if (facts instanceof MessageFacts message) return queue(message);
        if (facts instanceof McpFacts mcp) return mcp(mcp);
        return Destination.NONE;
    }

    /** A server and the host that it runs on may be well or not, each for itself. */
    private Destination mcp(McpFacts mcp) {
        String server = mcp.server() == null ? "" : mcp.server();
        String host = mcp.host().isEmpty() ? "" : "//" + mcp.host() + ":" + mcp.port() + "/";
        if (server.length() > LONGEST_NAME) server = "";
        String name = "mcp:" + host + server;
        Destination known = byUrl.get(name);
        if (known != null) return known;
        boolean ours = mcp.host().isEmpty() ? "pipe".equals(mcp.transport()) : internal.contain(mcp.host());
        Destination destination = new Destination(name, ours);
        if (byUrl.size() < most) byUrl.put(name, destination);
        return destination;
    }

    /** A broker of which nothing is known is taken for ours, as a database is. */
    private Destination queue(MessageFacts message) {
        String host = message.host();
        if (message.destination().length() > LONGEST_NAME) return Destination.NONE;
        String url = host.isEmpty()
                ? message.system() + ":" + message.destination()
                : message.system() + "://" + host + ":" + message.port() + "/" + message.destination();
        Destination known = byUrl.get(url);
        if (known != null) return known;
        Destination destination = new Destination(url, host.isEmpty() || internal.contain(host));
        if (byUrl.size() < most) byUrl.put(url, destination);
        return destination;
    }

    private Destination database(String url) {
        Destination known = byUrl.get(url);
        if (known != null) return known;
        Destination destination = new Destination(url, true);
        if (byUrl.size() < most) byUrl.put(url, destination);
        return destination;
    }

    private Destination http(String host, int port) {
        Port first = byHost.get(host);
        int ports = 0;
        for (Port known = first; known != null; known = known.next()) {
            if (known.number() == port) return known.destination();
            ports++;
        }
        Destination destination = new Destination(host + ":" + port, internal.contain(host));
        if (ports < MOST_PORTS && (first != null || byHost.size() < most)) {
            // Threads that find a port at the same time may forget one another's: it is found again.
            byHost.put(host, new Port(port, destination, first));
        }
        return destination;
    }
}
