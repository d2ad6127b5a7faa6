package dev.weir.instrumentation.kafka;

import dev.weir.bootstrap.WeakIdentityMap;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the settings of a producer or consumer say.
 *
 * @param host of the first of its bootstrap servers; empty when unknown
 * @param group of a consumer
 * @param deliveryMillis how long a producer tries to deliver; 0 when unknown
 * @param idempotent whether the broker recognises what a producer sends again
 */
record Client(String host, int port, @Nullable String group, long deliveryMillis, boolean idempotent) {

    private static final int MOST = 16_384;
    private static final WeakIdentityMap<Client> KNOWN = new WeakIdentityMap<>(MOST);

    /** Made before we came. */
    private static final Client UNKNOWN = new Client("", 0, null, 0, false);

    static void made(Object client, AbstractConfig config) {
        Address address = Address.of(config.getList("bootstrap.servers"));
        boolean producer = config instanceof ProducerConfig;
        KNOWN.put(
                client,
                new Client(
                        address.host,
                        address.port,
                        producer ? null : config.getString("group.id"),
                        producer ? config.getInt("delivery.timeout.ms") : 0,
                        producer && config.getBoolean("enable.idempotence")));
    }

    static Client of(Object client) {
        Client known = KNOWN.get(client);
        return known == null ? UNKNOWN : known;
    }

    /** Who consumes in the name of a group. */
    static Client consuming(List<?> servers, @Nullable String group) {
        Address address = Address.of(servers);
        return new Client(address.host, address.port, group, 0, false);
    }

    /** The first of some bootstrap servers. */
    private record Address(String host, int port) {

        static Address of(@Nullable List<?> servers) {
            String server = servers == null || servers.isEmpty() || !(servers.get(0) instanceof String first)
                    ? ""
                    : first.strip();
            int colon = server.lastIndexOf(':');
            String host = colon < 0 ? server : server.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
            return new Address(host, colon < 0 ? 0 : Client.port(server, colon + 1));
        }
    }

    private static int port(String server, int from) {
        int port = 0;
        for (int i = from; i < server.length(); i++) {
            char c = server.charAt(i);
            if (c < '0' || c > '9' || port > 65_535) return 0;
            port = port * 10 + (c - '0');
        }
        return port;
    }
}
