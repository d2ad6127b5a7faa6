package dev.weir.agent.export;

import dev.weir.agent.config.Settings;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where one signal goes: the standard {@code otel.exporter.otlp.*} settings.
 *
 * <p>Source: OpenTelemetry specification, "OTLP exporter configuration".
 */
final class OtlpTarget {

    private static final int DEFAULT_TIMEOUT_MILLIS = 10_000;
    private static final String DEFAULT_GRPC = "http://127.0.0.1:4317";

    private final Settings settings;
    private final Settings.Complaints complaints;
    private final String signal;
    private final String service;
    private final int timeoutMillis;
    private final boolean grpc;
    private final boolean gzip;
    private final URL url;
    private final Map<String, String> headers;

    private OtlpTarget(Settings settings, Settings.Complaints complaints, String signal, String service) {
        this.settings = settings;
        this.complaints = complaints;
        this.signal = signal;
        this.service = service;
        this.timeoutMillis = readTimeout();
        this.grpc = "grpc".equals(oneOf(of("protocol"), "http/protobuf", "http/protobuf", "grpc"));
        this.gzip = "gzip".equals(oneOf(of("compression"), "none", "none", "gzip"));
        this.url = grpc ? url(of("endpoint"), "", DEFAULT_GRPC) : readHttpUrl();
        this.headers = headers(of("headers"));
    }

    static OtlpTarget traces(Settings settings, Settings.Complaints complaints) {
        return new OtlpTarget(settings, complaints, "traces", "trace.v1.TraceService");
    }

    static OtlpTarget metrics(Settings settings, Settings.Complaints complaints) {
        return new OtlpTarget(settings, complaints, "metrics", "metrics.v1.MetricsService");
    }

    private int readTimeout() {
        return number(settings, complaints, of("timeout"), DEFAULT_TIMEOUT_MILLIS);
    }

    static int number(Settings settings, Settings.Complaints complaints, String name, int otherwise) {
        String given = settings.given(name);
        if (given == null) return otherwise;
        try {
            int value = Integer.parseInt(given);
            if (value > 0) return value;
        } catch (NumberFormatException e) {
            // Complained about below.
        }
        complaints.add("weir: " + name + "=" + Settings.shown(given) + " is not a positive whole number; using "
                + otherwise + ".");
        return otherwise;
    }

    /** The name of the setting that counts: the one for this signal, else the one for every signal. */
    private String of(String name) {
        String specific = "otel.exporter.otlp." + signal + "." + name;
        return settings.given(specific) != null ? specific : "otel.exporter.otlp." + name;
    }

    private String oneOf(String name, String otherwise, String first, String second) {
        String given = settings.given(name);
        if (given == null) return otherwise;
        if (given.equalsIgnoreCase(first)) return first;
        if (given.equalsIgnoreCase(second)) return second;
        complaints.add("weir: " + name + "=" + Settings.shown(given) + " is not known here; use " + first + " or "
                + second + ". Using " + otherwise + ".");
        return otherwise;
    }

    private URL readHttpUrl() {
        String standard = "http://127.0.0.1:4318/v1/" + signal;
        String specific = "otel.exporter.otlp." + signal + ".endpoint";
        if (settings.given(specific) != null) {
            return url(specific, "", standard);
        }
        String base = settings.given("otel.exporter.otlp.endpoint");
        return url(
                "otel.exporter.otlp.endpoint",
                base != null && base.endsWith("/") ? "v1/" + signal : "/v1/" + signal,
                standard);
    }

    private URL url(String name, String path, String otherwise) {
        String given = settings.given(name);
        if (given != null) {
            URL read = parsed(given) == null ? null : parsed(given + path);
            if (read != null) return read;
            complaints.add("weir: " + name + "=" + withoutCredentials(Settings.shown(given))
                    + " is not an http:// or https:// URL; using " + otherwise + ".");
        }
        URL standard = parsed(otherwise);
        if (standard == null) throw new IllegalStateException(otherwise);
        return standard;
    }

    private static @Nullable URL parsed(String text) {
        try {
            URL url = new URL(text);
            boolean http = url.getProtocol().equals("http") || url.getProtocol().equals("https");
            // Port 0 and ports beyond 65535 fail only in the connection, where nobody thinks of the setting.
            boolean port = url.getPort() == -1 || (url.getPort() > 0 && url.getPort() < 65_536);
            return http && isPrintable(text, '!') && port && !url.getHost().isEmpty() ? url : null;
        } catch (MalformedURLException e) {
            return null;
        }
    }

    /** A URL as it may be shown. */
    static String shown(URL url) {
        return withoutCredentials(url.toString());
    }

    private static String withoutCredentials(String url) {
        int question = url.indexOf('?');
        String shown = question < 0 ? url : url.substring(0, question + 1) + UrlText.query(url.substring(question + 1));
        int slashes = shown.indexOf("//");
        int end = slashes < 0 ? -1 : shown.indexOf('/', slashes + 2);
        int at = shown.lastIndexOf('@', end < 0 ? shown.length() : end);
        return slashes < 0 || at < slashes ? shown : shown.substring(0, slashes + 2) + shown.substring(at + 1);
    }

    /** Headers that can be sent; of the others not even the value is shown, for headers hold credentials. */
    private Map<String, String> headers(String name) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<String, String> pair : pairs(settings, complaints, name).entrySet()) {
            if (isToken(pair.getKey()) && isPrintable(pair.getValue(), ' ')) {
                headers.put(pair.getKey(), pair.getValue());
            } else {
                complaints.add("weir: " + name + " has an entry that cannot be a header ("
                        + Settings.shown(pair.getKey()) + "); it is left out. Write key=value,key=value.");
            }
        }
        return headers;
    }

    // No streams here: this runs before the application starts.
    private static boolean isPrintable(String text, char from) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < from || text.charAt(i) > '~') return false;
        }
        return true;
    }

    /** Source: RFC 9110, {@code token}. */
    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && (c < '0' || c > '9') && "!#$%&'*+-.^_`|~".indexOf(c) < 0) return false;
        }
        return !text.isEmpty();
    }

    static Map<String, String> pairs(Settings settings, Settings.Complaints complaints, String name) {
        Map<String, String> pairs = new LinkedHashMap<>();
        String text = settings.given(name);
        if (text == null) return pairs;
        for (String pair : text.split(",", -1)) {
            if (pair.isBlank()) continue;
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                // Not echoed: headers hold credentials.
                complaints.add(
                        "weir: " + name + " has an entry without \"=\"; it is left out. Write key=value,key=value.");
                continue;
            }
            pairs.put(
                    pair.substring(0, equals).strip(),
                    decoded(pair.substring(equals + 1).strip()));
        }
        return pairs;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    /** Whether that is the same place: host and port, and the path where both say it. */
    boolean isSame(String theirs, boolean theirsIsGrpc) {
        URL other = parsed(theirs);
        if (other == null || port(other) != port(url) || !host(other).equals(host(url))) return false;
        return grpc || theirsIsGrpc || other.getPath().equals(url.getPath());
    }

    private static int port(URL url) {
        return url.getPort() == -1 ? url.getDefaultPort() : url.getPort();
    }

    /** All names of this machine's own side are one. */
    private static String host(URL url) {
        String host = url.getHost().toLowerCase(Locale.ROOT);
        return host.equals("localhost") || host.equals("[::1]") || host.equals("::1") ? "127.0.0.1" : host;
    }

    /** For people. */
    String endpoint() {
        return shown(url);
    }

    /**
     * Opens the way out.
     *
     * @param lateComplaints hears of certificates that cannot be read; this is the first time they are looked at, for
     *     TLS is too heavy for the application's start
     */
    Sender sender(Settings.Complaints lateComplaints) throws IOException {
        ClientTls tls = url.getProtocol().equals("https") ? tls(lateComplaints) : null;
        return grpc
                ? new GrpcSender(url, service, headers, gzip, timeoutMillis, tls)
                : new HttpSender(url, headers, gzip, timeoutMillis, tls);
    }

    private @Nullable ClientTls tls(Settings.Complaints lateComplaints) {
        String trusted = settings.given(of("certificate"));
        String certificate = settings.given(of("client.certificate"));
        String key = settings.given(of("client.key"));
        if (trusted == null && certificate == null && key == null) return null;
        if ((certificate == null) != (key == null)) {
            lateComplaints.add("weir: otel.exporter.otlp.client.certificate and otel.exporter.otlp.client.key go"
                    + " together; only one is set, so neither is used.");
        }
        try {
            return ClientTls.read(trusted, certificate, key);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            lateComplaints.add(
                    "weir: otel.exporter.otlp.certificate, .client.certificate or .client.key cannot be used ("
                            + Settings.shown(String.valueOf(e.getMessage()))
                            + "); give PEM files, the key as PKCS #8. Using the JVM's own trust store.");
            return null;
        }
    }
}
