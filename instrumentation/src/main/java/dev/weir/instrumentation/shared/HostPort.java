package dev.weir.instrumentation.shared;

import org.jspecify.annotations.Nullable;

/**
 * A host and its port, as a URL's authority, a {@code Host} header or a channel's target names them.
 *
 * @param host an IPv6 address stands in brackets, if it did so before; empty when there is none
 */
public record HostPort(String host, int port) {

    /**
     * Reads {@code host}, {@code host:port}, {@code [address]:port} and a bare IPv6 address. User info is left out.
     *
     * @param defaultPort where none is named, or something else than a port
     */
    public static HostPort of(@Nullable String authority, int defaultPort) {
        if (authority == null) return new HostPort("", defaultPort);
        String place = authority.substring(authority.lastIndexOf('@') + 1);
        int colon = place.lastIndexOf(':');
        // The other colons of an IPv6 address stand inside its brackets; without these there is no room for a port.
        boolean named = place.startsWith("[")
                ? colon > 0 && place.charAt(colon - 1) == ']'
                : colon >= 0 && colon == place.indexOf(':');
        return named
                ? new HostPort(place.substring(0, colon), port(place, colon + 1, defaultPort))
                : new HostPort(place, defaultPort);
    }

    private static int port(String place, int from, int defaultPort) {
        int port = 0;
        for (int i = from; i < place.length(); i++) {
            char digit = place.charAt(i);
            if (digit < '0' || digit > '9') return defaultPort;
            port = port * 10 + digit - '0';
            if (port > 65_535) return defaultPort;
        }
        return port == 0 ? defaultPort : port;
    }
}
