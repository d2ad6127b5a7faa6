package dev.weir.runtimes.tracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import dev.weir.runtimes.harness.Documented;
import dev.weir.runtimes.harness.Jvms;
import dev.weir.runtimes.harness.SmokeRun;
import dev.weir.runtimes.harness.SpanTree;
import example.tracing.Depot;
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
        "-Dweir.scope.run=example.tracing.Shop#buy,example.tracing.Depot#ship",
        "-Dotel.logs.exporter=none",
        "-Ddd.instrumentation.telemetry.enabled=false",
        "-Ddd.remote_config.enabled=false",
        "-Ddd.trace.startup.logs=false"
    };

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void openTelemetryBefore(InstalledJdk jdk) throws Exception {
        assertOneTree(before(jdk, agent("opentelemetry.jar")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void openTelemetryAfter(InstalledJdk jdk) throws Exception {
        assertOneTree(after(jdk, agent("opentelemetry.jar")));
    }

    /** A server and a statement too, of which the application makes no spans. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void openTelemetryOnEachSideOfACall(InstalledJdk jdk) throws Exception {
        assertOneSpanEach(before(jdk, agent("opentelemetry.jar")));
        assertOneSpanEach(after(jdk, agent("opentelemetry.jar")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void datadogBefore(InstalledJdk jdk) throws Exception {
        assertBothAtWork(before(jdk, agent("datadog.jar")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void datadogAfter(InstalledJdk jdk) throws Exception {
        assertBothAtWork(after(jdk, agent("datadog.jar")));
    }

    private static SmokeRun after(InstalledJdk jdk, String agent) throws IOException {
        return new SmokeRun(jdk, OPTIONS).after(agent);
    }

    private static SmokeRun before(InstalledJdk jdk, String agent) throws IOException {
        return new SmokeRun(
                jdk, Stream.concat(Stream.of(OPTIONS), Stream.of(agent)).toArray(String[]::new));
    }

    /** As without the other agent, and in the headers the other agent's spans. */
    private static void assertOneTree(SmokeRun run) throws Exception {
        try (run;
                FaultServer payments = OwnSpansIT.payments()) {
            sell(run, payments);
            SpanTree expected = Documented.tree("other-tracing.md", "One tree");
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
                assertShared(named.get(0));
            }
        }
    }

    private static void assertOneSpanEach(SmokeRun run) throws Exception {
        try (run) {
            Program depot = run.start("depot", Depot.class);
            assertEquals("shipped", depot.awaitStdout(line -> line.equals("shipped")));
            run.end(depot, "http-url-connection", "jdk-http-server", "jdbc");
            SpanTree expected = Documented.tree("other-tracing.md", "A server and a database");
            SpanTree actual = SpanTree.of(run.spans());
            if (!expected.equals(actual)) assertEquals(expected.toString(), actual.toString());
            for (Span span : run.spans()) {
                if (span.kind() != Span.Kind.INTERNAL) assertShared(span);
            }
        }
    }

    /** The other agent's span, and what Weir has to say of the call. */
    private static void assertShared(Span span) {
        assertNotNull(span.text("thread.name"), () -> "not the other agent's: " + span);
        assertNotNull(span.text("weir.operation.id"), () -> "nothing of Weir's: " + span);
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
