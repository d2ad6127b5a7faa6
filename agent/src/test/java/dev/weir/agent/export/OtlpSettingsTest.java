package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.agent.config.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The standard settings, as they come from the environment. */
class OtlpSettingsTest {

    private final List<String> complaints = new ArrayList<>();

    private OtlpSettings read(String... environment) {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < environment.length; i += 2) variables.put(environment[i], environment[i + 1]);
        return new OtlpSettings(new Settings(Map.of(), variables, Map.of(), complaints::add), complaints::add);
    }

    private void assertOneComplaint(String part) {
        assertEquals(1, complaints.size(), complaints.toString());
        assertTrue(complaints.get(0).contains(part), complaints.get(0));
    }

    @Test
    void nothingSetIsTheServersDefault() {
        OtlpSettings settings = read();
        assertEquals("http://127.0.0.1:4318/v1/traces", settings.endpoint());
        assertEquals(
                "http://127.0.0.1:4317",
                read("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc").endpoint());
        assertTrue(settings.enabled());
        assertTrue(settings.asksParent());
        assertEquals(1, settings.ratio());
        assertEquals(List.of(), complaints);
    }

    @ParameterizedTest
    @CsvSource({
        "http/protobuf, '', http://localhost:4318/v1/traces, false, true",
        "http/protobuf, '', http://[::1]:4318/v1/traces, false, true",
        "http/protobuf, '', http://localhost:4317, true, false",
        "http/protobuf, '', http://localhost:4318/other/v1/traces, false, false",
        "http/protobuf, '', http://otherhost:4318/v1/traces, false, false",
        "http/protobuf, '', '', false, false",
        "http/protobuf, https://Traces.example/a, https://traces.example:443/a/v1/traces, false, true",
        "http/protobuf, https://traces.example/a, https://traces.example/b/v1/traces, false, false",
        "http/protobuf, http://both:4000, http://both:4000, true, true",
        "grpc, '', http://localhost:4317, true, true",
        "grpc, '', http://localhost:4318/v1/traces, false, false"
    })
    void whereTheApplicationSends(String protocol, String endpoint, String theirs, boolean grpc, boolean same) {
        assertEquals(
                same,
                read("OTEL_EXPORTER_OTLP_PROTOCOL", protocol, "OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
                        .isSame(theirs, grpc));
        assertFalse(read("OTEL_TRACES_EXPORTER", "none").isSame("http://localhost:4318/v1/traces", false));
    }

    @Test
    void whatIsSaidOfTracesGoesFirst() {
        OtlpSettings settings = read(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://all:1",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "https://traces:2/x",
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "grpc",
                "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
                "http/protobuf");
        assertEquals("https://traces:2/x", settings.endpoint());
        assertEquals(List.of(), complaints);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:4318",
                "ftp://collector",
                "http://",
                "http:///v1",
                "http://host:0",
                "http://host:99999",
                "http://host:port",
                "http://ho st",
                "http://host/\u001b[31m",
                "collector",
                "://"
            })
    void malformedEndpointIsNamedAndTheDefaultUsed(String endpoint) {
        assertEquals(
                "http://127.0.0.1:4318/v1/traces",
                read("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).endpoint());
        assertOneComplaint("is not an http:// or https:// URL; using http://127.0.0.1:4318/v1/traces.");
        assertTrue(complaints.get(0).startsWith("weir: otel.exporter.otlp.endpoint="), complaints.get(0));
        assertEquals(-1, complaints.get(0).indexOf('\u001b'));
    }

    @Test
    void credentialsInAnEndpointAreNotShown() {
        String shown = read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://me:hunter2@host/x@y?token=hunter2&a=b")
                .endpoint();
        assertEquals("https://host/x@y?token=REDACTED&a=b", shown);
        read("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://me:hunter2@host");
        assertFalse(complaints.toString().contains("hunter2"), complaints.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "always_on,, 1, false",
        "always_off,, 0, false",
        "traceidratio, 0.25, 0.25, false",
        "parentbased_always_on,, 1, true",
        "parentbased_always_off, 0.5, 0, true",
        "PARENTBASED_TRACEIDRATIO, 0.5, 0.5, true",
        "parentbased_traceidratio,, 1, true"
    })
    void samplers(String name, String argument, double ratio, boolean asksParent) {
        OtlpSettings settings = argument == null
                ? read("OTEL_TRACES_SAMPLER", name)
                : read("OTEL_TRACES_SAMPLER", name, "OTEL_TRACES_SAMPLER_ARG", argument);
        assertEquals(ratio, settings.ratio());
        assertEquals(asksParent, settings.asksParent());
        assertEquals(List.of(), complaints);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lots", "-0.1", "1.1", "NaN", "1e999"})
    void malformedRatioKeepsAll(String argument) {
        assertEquals(
                1,
                read("OTEL_TRACES_SAMPLER", "traceidratio", "OTEL_TRACES_SAMPLER_ARG", argument)
                        .ratio());
        assertOneComplaint("otel.traces.sampler.arg=" + argument + " is not a number from 0 to 1. Keeping all.");
    }

    @Test
    void otherMalformedValuesAreNamedOnceEach() {
        read(
                "OTEL_TRACES_SAMPLER", "jaeger_remote",
                "OTEL_TRACES_EXPORTER", "zipkin",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json",
                "OTEL_EXPORTER_OTLP_COMPRESSION", "zstd",
                "OTEL_EXPORTER_OTLP_TIMEOUT", "10s",
                "OTEL_BSP_SCHEDULE_DELAY", "-1",
                "OTEL_RESOURCE_ATTRIBUTES", "team");
        assertEquals(7, complaints.size(), complaints.toString());
    }

    @Test
    void exportCanBeSwitchedOff() {
        assertFalse(read("OTEL_TRACES_EXPORTER", "none").enabled());
        assertFalse(read("OTEL_SDK_DISABLED", "true").enabled());
    }
}
