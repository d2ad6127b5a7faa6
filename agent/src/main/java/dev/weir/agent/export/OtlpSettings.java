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
 * The standard {@code otel.*} settings, as far as they speak of traces. All are read, and complained about, at once.
 *
 * <p>Source: OpenTelemetry specification, "OTLP exporter configuration" and "SDK environment variables".
 */
public final class OtlpSettings {

    private static final int DEFAULT_TIMEOUT_MILLIS = 10_000;
    private static final int DEFAULT_DELAY_MILLIS = 1_000;
    private static final String DEFAULT_GRPC = "http://127.0.0.1:4317";
    private static final String DEFAULT_HTTP = "http://127.0.0.1:4318/v1/traces";

    private final Settings settings;
    private final Settings.Complaints complaints;
    private final boolean enabled;
    private final String sampler;
    private final double ratio;
    private final int delayMillis;
    private final int timeoutMillis;
    private final boolean grpc;
    private final boolean gzip;
    private final URL url;
    private final Map<String, String> headers;
    private final Map<String, String> resourceAttributes;

    public OtlpSettings(Settings settings, Settings.Complaints complaints) {
        this.settings = settings;
        this.complaints = complaints;
        this.enabled = readEnabled();
        this.sampler = readSampler();
        this.ratio = readRatio();
        this.delayMillis = number("otel.bsp.schedule.delay", DEFAULT_DELAY_MILLIS);
        this.timeoutMillis = readTimeout();
        this.grpc = "grpc".equals(oneOf(ofTraces("protocol"), "http/protobuf", "http/protobuf", "grpc"));
        this.gzip = "gzip".equals(oneOf(ofTraces("compression"), "none", "none", "gzip"));
        this.url = grpc ? url(ofTraces("endpoint"), "", DEFAULT_GRPC) : readHttpUrl();
        this.headers = headers(ofTraces("headers"));
        this.resourceAttributes = pairs("otel.resource.attributes");
    }

    /** What is taken out of content. Not before there is something to export: expressions take time to load. */
    Redaction redaction(Settings.Complaints complaints) {
        return Redaction.of(settings, complaints);
    }

    private boolean readEnabled() {
        if ("true".equalsIgnoreCase(settings.given("otel.sdk.disabled"))) return false;
        String exporter = settings.given("otel.traces.exporter");
        if (exporter == null) return true;
        if (exporter.equalsIgnoreCase("none")) return false;
        if (!exporter.toLowerCase(Locale.ROOT).contains("otlp")) {
            complaints.add("weir: otel.traces.exporter=" + Settings.shown(exporter)
                    + " is not known here; use otlp or none. Using otlp.");
        }
        return true;
    }

    private String readSampler() {
        String given = settings.given("otel.traces.sampler");
        if (given == null) return "parentbased_always_on";
        String word = given.toLowerCase(Locale.ROOT);
        return switch (word) {
            case "always_on",
                    "always_off",
                    "traceidratio",
                    "parentbased_always_on",
                    "parentbased_always_off",
                    "parentbased_traceidratio" -> word;
            default -> {
                complaints.add("weir: otel.traces.sampler=" + Settings.shown(given)
                        + " is not known; use parentbased_always_on or parentbased_traceidratio. Keeping all.");
                yield "parentbased_always_on";
            }
        };
    }

    private double readRatio() {
        if (sampler.endsWith("always_on")) return 1;
        if (sampler.endsWith("always_off")) return 0;
        String argument = settings.given("otel.traces.sampler.arg");
        if (argument == null) return 1;
        try {
            double value = Double.parseDouble(argument);
            if (value >= 0 && value <= 1) return value;
        } catch (NumberFormatException e) {
            // Complained about below.
        }
        complaints.add("weir: otel.traces.sampler.arg=" + Settings.shown(argument)
                + " is not a number from 0 to 1. Keeping all.");
        return 1;
    }

    private int readTimeout() {
        String specific = "otel.exporter.otlp.traces.timeout";
        return number(
                settings.given(specific) != null ? specific : "otel.exporter.otlp.timeout", DEFAULT_TIMEOUT_MILLIS);
    }

    private int number(String name, int otherwise) {
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

    /** The name of the setting that counts: the one for traces, else the one for every signal. */
    private String ofTraces(String name) {
        String specific = "otel.exporter.otlp.traces." + name;
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
        if (settings.given("otel.exporter.otlp.traces.endpoint") != null) {
            return url("otel.exporter.otlp.traces.endpoint", "", DEFAULT_HTTP);
        }
        String base = settings.given("otel.exporter.otlp.endpoint");
        return url(
                "otel.exporter.otlp.endpoint",
                base != null && base.endsWith("/") ? "v1/traces" : "/v1/traces",
                DEFAULT_HTTP);
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
        for (Map.Entry<String, String> pair : pairs(name).entrySet()) {
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

    private Map<String, String> pairs(String name) {
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

    /** Whether anything is exported at all. */
    public boolean enabled() {
        return enabled;
    }

    /** Which part of the traces is kept, from 0 to 1. */
    public double ratio() {
        return ratio;
    }

    /** Whether a trace that came from elsewhere is kept as whoever began it has decided. */
    public boolean asksParent() {
        return sampler.startsWith("parentbased_");
    }

    /** For the start-up line: where spans go. */
    public String endpoint() {
        return shown(url);
    }

    /** Milliseconds after which a record that waits alone is sent. */
    int delayMillis() {
        return delayMillis;
    }

    /** {@code otel.resource.attributes}. */
    Map<String, String> resourceAttributes() {
        return resourceAttributes;
    }

    @Nullable
    String serviceName() {
        return settings.given("otel.service.name");
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
                ? new GrpcSender(url, headers, gzip, timeoutMillis, tls)
                : new HttpSender(url, headers, gzip, timeoutMillis, tls);
    }

    private @Nullable ClientTls tls(Settings.Complaints lateComplaints) {
        String trusted = settings.given(ofTraces("certificate"));
        String certificate = settings.given(ofTraces("client.certificate"));
        String key = settings.given(ofTraces("client.key"));
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
