package dev.weir.runtimes.tracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import dev.weir.runtimes.harness.Documented;
import dev.weir.runtimes.harness.Jvms;
import dev.weir.runtimes.harness.SmokeRun;
import dev.weir.runtimes.harness.SpanTree;
import example.tracing.Shop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The agents of others in the same JVM, before Weir and after it. Maven's profile {@code agents} fetches them. */
@EnabledIfSystemProperty(named = "opentelemetry.jar", matches = ".+")
class OtherAgentsIT {

    private static final String[] OPTIONS = {
        "-Dweir.scope.run=example.tracing.Shop#buy",
        "-Dotel.metrics.exporter=none",
        "-Dotel.logs.exporter=none",
        "-Ddd.instrumentation.telemetry.enabled=false",
        "-Ddd.remote_config.enabled=false",
        "-Ddd.trace.startup.logs=false"
    };

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void openTelemetryBefore(InstalledJdk jdk) throws Exception {
        assertOneTree(before(jdk, agent("opentelemetry.jar")), "OpenTelemetry's agent first");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void openTelemetryAfter(InstalledJdk jdk) throws Exception {
        assertOneTree(new SmokeRun(jdk, OPTIONS).after(agent("opentelemetry.jar")), "Weir first");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void datadogBefore(InstalledJdk jdk) throws Exception {
        assertBothAtWork(before(jdk, agent("datadog.jar")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void datadogAfter(InstalledJdk jdk) throws Exception {
        assertBothAtWork(new SmokeRun(jdk, OPTIONS).after(agent("datadog.jar")));
    }

    private static SmokeRun before(InstalledJdk jdk, String agent) throws IOException {
        return new SmokeRun(
                jdk, Stream.concat(Stream.of(OPTIONS), Stream.of(agent)).toArray(String[]::new));
    }

    /** The other agent's spans and Weir's, of one trace, and in the headers the other agent's. */
    private static void assertOneTree(SmokeRun run, String title) throws Exception {
        try (run;
                FaultServer payments = OwnSpansIT.payments()) {
            sell(run, payments);
            SpanTree expected = Documented.tree("other-tracing.md", title);
            SpanTree actual = SpanTree.of(run.spans());
            if (!expected.equals(actual)) assertEquals(expected.toString(), actual.toString());
            List<String> traces =
                    run.spans().stream().map(Span::traceId).distinct().toList();
            assertEquals(1, traces.size(), () -> "traces " + traces);
            assertHeaders(payments);
            for (FaultServer.Request request : payments.requests()) {
                String header = String.valueOf(request.header("traceparent"));
                List<Span> named = run.spans().stream()
                        .filter(span -> span.spanId().equals(header.substring(36, 52)))
                        .toList();
                assertEquals(1, named.size(), () -> header + " names " + named);
                assertEquals(Span.Kind.CLIENT, named.get(0).kind());
            }
        }
    }

    /** Datadog's spans go to its own collector; what is to be seen here are the headers. */
    private static void assertBothAtWork(SmokeRun run) throws Exception {
        try (run;
                FaultServer payments = OwnSpansIT.payments()) {
            sell(run, payments);
            assertHeaders(payments);
            for (FaultServer.Request request : payments.requests()) {
                String header = String.valueOf(request.header("traceparent"));
                String theirs = String.valueOf(request.header("x-datadog-parent-id"));
                assertEquals(Long.parseUnsignedLong(theirs), Long.parseUnsignedLong(header.substring(36, 52), 16));
                List<Span> ours = run.spans().stream()
                        .filter(span -> header.substring(36, 52).equals(span.parentId()))
                        .toList();
                assertEquals(1, ours.size(), () -> "Weir's span of " + request + " is not below Datadog's: " + ours);
            }
        }
    }

    private static void sell(SmokeRun run, FaultServer payments) throws Exception {
        Program shop = run.start("shop", Shop.class, "api", payments.url(""), run.collector());
        assertEquals("sold", shop.awaitStdout(line -> line.equals("sold")));
        run.end(shop, "jdk-http-client", "declared-scopes");
    }

    private static void assertHeaders(FaultServer payments) {
        List<FaultServer.Request> requests = payments.requests();
        assertEquals(4, requests.size());
        for (FaultServer.Request request : requests) {
            // The server joins lines of one name by commas.
            for (String name : List.of("traceparent", "idempotency-key")) {
                String value = String.valueOf(request.header(name));
                assertFalse(value.equals("null") || value.contains(","), () -> name + " of " + request);
            }
            String baggage = String.valueOf(request.header("baggage"));
            assertEquals(2, baggage.split("weir\\.op=", -1).length, () -> "baggage of " + request);
        }
        assertEquals(requests.get(0).header("idempotency-key"), requests.get(1).header("idempotency-key"));
        assertNotEquals(
                requests.get(0).header("idempotency-key"), requests.get(2).header("idempotency-key"));
    }

    private static String agent(String property) {
        String file = System.getProperty(property, "");
        assertTrue(Files.isRegularFile(Path.of(file)), () -> "no " + property + " at '" + file + "'");
        return "-javaagent:" + file;
    }
}
