package dev.weir.runtimes.tracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.FaultServer;
import dev.weir.incidents.harness.InstalledJdk;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import dev.weir.runtimes.harness.SmokeRun;
import dev.weir.runtimes.harness.SpanTree;
import example.tracing.Shop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The agents of others in the same JVM, before Weir and after it. */
class OtherAgentsIT {

    private static final String RUN = "-Dweir.scope.run=example.tracing.Shop#buy";

    static Stream<InstalledJdk> jdks() throws IOException {
        return InstalledJdk.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jdks")
    void openTelemetryBefore(InstalledJdk jdk) throws Exception {
        try (SmokeRun run = new SmokeRun(jdk, RUN, "-Dotel.metrics.exporter=none", "-Dotel.logs.exporter=none", agent("opentelemetry.jar"))) {
            assertOneTree(run, "before");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jdks")
    void openTelemetryAfter(InstalledJdk jdk) throws Exception {
        try (SmokeRun run = new SmokeRun(jdk, RUN, "-Dotel.metrics.exporter=none", "-Dotel.logs.exporter=none").after(agent("opentelemetry.jar"))) {
            assertOneTree(run, "after");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jdks")
    void datadogBefore(InstalledJdk jdk) throws Exception {
        try (SmokeRun run = new SmokeRun(jdk, RUN, "-Ddd.instrumentation.telemetry.enabled=false", "-Ddd.remote_config.enabled=false", "-Ddd.trace.startup.logs=false", agent("datadog.jar"))) {
            assertOneTree(run, "dd before");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jdks")
    void datadogAfter(InstalledJdk jdk) throws Exception {
        try (SmokeRun run = new SmokeRun(jdk, RUN, "-Ddd.instrumentation.telemetry.enabled=false", "-Ddd.remote_config.enabled=false", "-Ddd.trace.startup.logs=false").after(agent("datadog.jar"))) {
            assertOneTree(run, "dd after");
        }
    }

    private static void assertOneTree(SmokeRun run, String how) throws Exception {
        try (FaultServer payments = OwnSpansIT.payments()) {
            Program shop = run.start("shop", Shop.class, "api", payments.url(""), run.collector());
            assertEquals("sold", shop.awaitStdout(line -> line.equals("sold")));
            run.end(shop, "jdk-http-client");
            System.out.println(how + "\n" + SpanTree.of(run.spans()));
            for (FaultServer.Request request : payments.requests()) System.out.println(request.target() + " " + request.headers());
            System.out.println(String.join("\n", shop.stderr()));
            for (Span span : run.spans()) System.out.println(span.traceId() + " " + span.name() + " " + span.text("weir.instrumentation"));
        }
    }

    private static String agent(String property) {
        String file = System.getProperty(property, "");
        assertTrue(Files.isRegularFile(Path.of(file)), () -> "no " + property + " at '" + file + "'");
        return "-javaagent:" + file;
    }
}
