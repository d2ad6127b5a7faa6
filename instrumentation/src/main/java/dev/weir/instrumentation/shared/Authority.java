package dev.weir.instrumentation.shared;

import org.jspecify.annotations.Nullable;

/** A host and its port, 0 when none is named. Where the colon of the port is, and not that of an IPv6 address. */
public record Authority(String host, int port) {

    /** Reads {@code host}, {@code host:port} and {@code [address]:port}. */
    public static Authority parse(@Nullable String text) {
        if (text == null) return new Authority("", 0);
        String authority = text.substring(text.lastIndexOf('@') + 1);
        int colon = authority.lastIndexOf(':');
        // The colons of a bare IPv6 address stand before its bracket.
        if (colon < 0 || colon < authority.indexOf(']')) return new Authority(authority, 0);
        int port = 0;
        for (int i = colon + 1; i < authority.length(); i++) {
            char digit = authority.charAt(i);
            if (digit < '0' || digit > '9' || port > 6_553) return new Authority(authority.substring(0, colon), 0);
            port = port * 10 + digit - '0';
        }
        return new Authority(authority.substring(0, colon), port);
    }
}
