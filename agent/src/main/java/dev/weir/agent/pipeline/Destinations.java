package dev.weir.agent.pipeline;

import dev.weir.agent.context.Destination;
import dev.weir.agent.context.HostClasses;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.SqlFacts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where calls go, and whether that belongs to us. */
final class Destinations {

    private final HostClasses internal;
    private final int most;
    private final Map<String, Map<Integer, Destination>> byHost = new ConcurrentHashMap<>();

    /** @param most how many hosts are remembered */
    Destinations(HostClasses internal, int most) {
        this.internal = internal;
        this.most = most;
    }

    Destination of(CallFacts facts) {
        if (facts instanceof HttpFacts http) return http(http.host(), http.port());
        if (facts instanceof SqlFacts sql) return new Destination(sql.url(), true);
        return Destination.NONE;
    }

    private Destination http(String host, int port) {
        Map<Integer, Destination> byPort = byHost.get(host);
        Destination known = byPort == null ? null : byPort.get(port);
        if (known != null) return known;
        Destination destination = new Destination(host + ":" + port, internal.contain(host));
        if (byHost.size() < most) {
            byHost.computeIfAbsent(host, absent -> new ConcurrentHashMap<>(2)).put(port, destination);
        }
        return destination;
    }
}
