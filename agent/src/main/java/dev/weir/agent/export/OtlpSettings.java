package dev.weir.agent.export;

import dev.weir.agent.config.Settings;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The standard {@code otel.*} settings, as far as they speak of traces.
 *
 * <p>Source: OpenTelemetry specification, "OTLP exporter configuration" and "SDK environment variables".
 */
public final class OtlpSettings {

    private static final int DEFAULT_TIMEOUT_MILLIS = 10_000;
    private static final int DEFAULT_DELAY_MILLIS = 1_000;

    private final Settings settings;
    private final Settings.Complaints complaints;

    public OtlpSettings(Settings settings, Settings.Complaints complaints) {
        this.settings = settings;
        this.complaints = complaints;
    }

    /** Whether anything is exported at all. */
    public boolean enabled() {
        String exporter = settings.given("otel.traces.exporter");
        if ("true".equalsIgnoreCase(settings.given("otel.sdk.disabled")) || "none".equalsIgnoreCase(exporter)) {
            return false;
        }
        if (exporter != null && !exporter.toLowerCase(Locale.ROOT).contains("otlp")) {
            complaints.add(
                    "weir: otel.traces.exporter=" + exporter + " is not known here; use otlp or none. Using otlp.");
        }
        return true;
    }

    /** Which part of the traces that begin here is kept, from 0 to 1. */
    public double ratio() {
        String sampler = settings.given("otel.traces.sampler");
        if (sampler == null) return 1;
        return switch (sampler.toLowerCase(Locale.ROOT)) {
            case "always_on", "parentbased_always_on" -> 1;
            case "always_off", "parentbased_always_off" -> 0;
            case "traceidratio", "parentbased_traceidratio" -> ratioArgument();
            default -> {
                complaints.add("weir: otel.traces.sampler=" + sampler
                        + " is not known; use parentbased_always_on or parentbased_traceidratio. Keeping all.");
                yield 1;
            }
        };
    }

    private double ratioArgument() {
        String argument = settings.given("otel.traces.sampler.arg");
        if (argument == null) return 1;
        try {
            double ratio = Double.parseDouble(argument);
            if (ratio >= 0 && ratio <= 1) return ratio;
        } catch (NumberFormatException e) {
            // Complained about below.
        }
        complaints.add("weir: otel.traces.sampler.arg=" + argument + " is not a number from 0 to 1. Keeping all.");
        return 1;
    }

    /** Milliseconds after which a record that waits alone is sent. */
    public int delayMillis() {
        return number("otel.bsp.schedule.delay", DEFAULT_DELAY_MILLIS);
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
        complaints.add("weir: " + name + "=" + given + " is not a positive whole number; using " + otherwise + ".");
        return otherwise;
    }

    private @Nullable String ofTraces(String name) {
        String specific = settings.given("otel.exporter.otlp.traces." + name);
        return specific != null ? specific : settings.given("otel.exporter.otlp." + name);
    }

    /** For the start-up line: where spans go. */
    public String endpoint() {
        return isGrpc() ? grpcUrl() : httpUrl();
    }

    private boolean isGrpc() {
        String protocol = ofTraces("protocol");
        if (protocol == null || protocol.equalsIgnoreCase("http/protobuf")) return false;
        if (protocol.equalsIgnoreCase("grpc")) return true;
        complaints.add("weir: otel.exporter.otlp.protocol=" + protocol
                + " is not known here; use http/protobuf or grpc. Using http/protobuf.");
        return false;
    }

    private String grpcUrl() {
        String url = ofTraces("endpoint");
        return url == null ? "http://127.0.0.1:4317" : url;
    }

    private String httpUrl() {
        String traces = settings.given("otel.exporter.otlp.traces.endpoint");
        if (traces != null) return traces;
        String base = settings.given("otel.exporter.otlp.endpoint");
        if (base == null) return "http://127.0.0.1:4318/v1/traces";
        return base.endsWith("/") ? base + "v1/traces" : base + "/v1/traces";
    }

    /** Opens the way out. */
    Sender sender() throws IOException {
        int timeout = number("otel.exporter.otlp.timeout", DEFAULT_TIMEOUT_MILLIS);
        String specific = settings.given("otel.exporter.otlp.traces.timeout");
        if (specific != null) timeout = number("otel.exporter.otlp.traces.timeout", timeout);
        if (isGrpc()) return new GrpcSender(url(grpcUrl(), "http://127.0.0.1:4317"), headers(), timeout);
        boolean gzip = "gzip".equalsIgnoreCase(ofTraces("compression"));
        return new HttpSender(url(httpUrl(), "http://127.0.0.1:4318/v1/traces"), headers(), gzip, timeout);
    }

    private URL url(String text, String otherwise) throws MalformedURLException {
        try {
            URL url = new URL(text);
            boolean http = url.getProtocol().equals("http") || url.getProtocol().equals("https");
            if (http && !url.getHost().isEmpty()) return url;
        } catch (MalformedURLException e) {
            // Complained about below.
        }
        complaints.add(
                "weir: otel.exporter.otlp.endpoint=" + text + " is not an http(s) URL; using " + otherwise + ".");
        return new URL(otherwise);
    }

    private Map<String, String> headers() {
        return pairs(ofTraces("headers"), "otel.exporter.otlp.headers", true);
    }

    /** {@code otel.resource.attributes}. */
    Map<String, String> resourceAttributes() {
        return pairs(settings.given("otel.resource.attributes"), "otel.resource.attributes", true);
    }

    @Nullable
    String serviceName() {
        return settings.given("otel.service.name");
    }

    private Map<String, String> pairs(@Nullable String text, String name, boolean decode) {
        Map<String, String> pairs = new LinkedHashMap<>();
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
            String value = pair.substring(equals + 1).strip();
            pairs.put(pair.substring(0, equals).strip(), decode ? decoded(value) : value);
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
}
