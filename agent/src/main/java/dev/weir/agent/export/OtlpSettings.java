package dev.weir.agent.export;

import dev.weir.agent.config.Settings;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The standard {@code otel.*} settings, as far as they speak of traces. All are read, and complained about, at once.
 *
 * <p>Source: OpenTelemetry specification, "OTLP exporter configuration" and "SDK environment variables".
 */
public final class OtlpSettings {

    private static final int DEFAULT_DELAY_MILLIS = 1_000;
    private static final int DEFAULT_METRICS_MILLIS = 60_000;

    private final Settings settings;
    private final Settings.Complaints complaints;
    private final boolean enabled;
    private final String sampler;
    private final double ratio;
    private final int delayMillis;
    private final OtlpTarget traces;
    private final Map<String, String> resourceAttributes;

    public OtlpSettings(Settings settings, Settings.Complaints complaints) {
        this.settings = settings;
        this.complaints = complaints;
        this.enabled = readEnabled();
        this.sampler = readSampler();
        this.ratio = readRatio();
        this.delayMillis = OtlpTarget.number(settings, complaints, "otel.bsp.schedule.delay", DEFAULT_DELAY_MILLIS);
        this.traces = OtlpTarget.traces(settings, complaints);
        this.resourceAttributes = OtlpTarget.pairs(settings, complaints, "otel.resource.attributes");
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
        return traces.endpoint();
    }

    /**
     * Whether an exporter of the application's sends spans where Weir does.
     *
     * @param theirs the endpoint as that exporter has it
     */
    public boolean isSame(String theirs, boolean grpc) {
        return enabled && traces.isSame(theirs, grpc);
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

    /** Opens the way for spans. */
    Sender sender(Settings.Complaints lateComplaints) throws IOException {
        return traces.sender(lateComplaints);
    }

    /**
     * Where metrics go; {@code null} for nowhere. Read on the exporter's thread.
     *
     * @param lateComplaints hears what is wrong with the settings
     */
    @Nullable
    OtlpTarget metrics(Settings.Complaints lateComplaints) {
        if (wantsMetrics()) return OtlpTarget.metrics(settings, lateComplaints);
        String exporter = settings.given("otel.metrics.exporter");
        if (exporter != null && !exporter.equalsIgnoreCase("none")) {
            lateComplaints.add("weir: otel.metrics.exporter=" + Settings.shown(exporter)
                    + " is not known here; use otlp or none. No metrics are exported.");
        }
        return null;
    }

    /** Whether metrics are exported too. */
    boolean wantsMetrics() {
        String exporter = settings.given("otel.metrics.exporter");
        return enabled && (exporter == null || exporter.toLowerCase(Locale.ROOT).contains("otlp"));
    }

    /** Whether metrics go where spans do not. */
    boolean metricsGoElsewhere() {
        return settings.given("otel.exporter.otlp.metrics.endpoint") != null;
    }

    /** Milliseconds between exports of metrics. */
    int metricsMillis(Settings.Complaints lateComplaints) {
        return OtlpTarget.number(settings, lateComplaints, "otel.metric.export.interval", DEFAULT_METRICS_MILLIS);
    }
}
