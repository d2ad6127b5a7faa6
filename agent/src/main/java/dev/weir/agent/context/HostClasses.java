package dev.weir.agent.context;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells hosts and peers that belong to us from others, by a list of patterns: {@code loopback}, {@code private} (RFC
 * 1918, RFC 4193, link-local), {@code single-label}, {@code *}, a name, or {@code .suffix}.
 */
public final class HostClasses {

    private static final int REMEMBERED = 4_096;

    private final List<String> patterns;
    private final Map<String, Boolean> known = new ConcurrentHashMap<>();

    public HostClasses(List<String> patterns) {
        List<String> lower = new ArrayList<>(patterns.size());
        for (String pattern : patterns) {
            if (!pattern.equalsIgnoreCase("none")) lower.add(pattern.toLowerCase(Locale.ROOT));
        }
        this.patterns = lower;
    }

    /** Whether a host name or literal address matches. Names are never resolved. */
    public boolean contain(String host) {
        if (patterns.isEmpty()) return false;
        Boolean remembered = known.get(host);
        if (remembered != null) return remembered;
        boolean contained = match(host);
        if (known.size() < REMEMBERED) known.put(host, contained);
        return contained;
    }

    private boolean match(String given) {
        String host = given.toLowerCase(Locale.ROOT);
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        int zone = host.indexOf('%');
        if (zone > 0) host = host.substring(0, zone);
        if (host.startsWith("::ffff:")) host = host.substring(7);
        if (host.isEmpty()) return false;
        for (String pattern : patterns) {
            if (matches(pattern, host)) return true;
        }
        return false;
    }

    private static boolean matches(String pattern, String host) {
        return switch (pattern) {
            case "*" -> true;
            case "loopback" -> isLoopback(host);
            case "private" -> isPrivate(host);
            case "single-label" -> host.indexOf('.') < 0 && host.indexOf(':') < 0;
            default -> pattern.startsWith(".") ? host.endsWith(pattern) : host.equals(pattern);
        };
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.equals("::1")
                || host.equals("0:0:0:0:0:0:0:1")
                || (octets(host) != null && host.startsWith("127."));
    }

    private static boolean isPrivate(String host) {
        if (host.indexOf(':') >= 0) {
            return host.startsWith("fc")
                    || host.startsWith("fd")
                    || host.startsWith("fe8")
                    || host.startsWith("fe9")
                    || host.startsWith("fea")
                    || host.startsWith("feb");
        }
        int[] octets = octets(host);
        if (octets == null) return false;
        return octets[0] == 10
                || (octets[0] == 172 && octets[1] >= 16 && octets[1] < 32)
                || (octets[0] == 192 && octets[1] == 168)
                || (octets[0] == 169 && octets[1] == 254);
    }

    private static int @Nullable [] octets(String host) {
        int[] octets = new int[4];
        int part = 0;
        int digits = 0;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c == '.') {
                if (digits == 0 || ++part > 3) return null;
                digits = 0;
            } else if (c >= '0' && c <= '9' && ++digits <= 3) {
                octets[part] = octets[part] * 10 + (c - '0');
                if (octets[part] > 255) return null;
            } else {
                return null;
            }
        }
        return part == 3 && digits > 0 ? octets : null;
    }
}
