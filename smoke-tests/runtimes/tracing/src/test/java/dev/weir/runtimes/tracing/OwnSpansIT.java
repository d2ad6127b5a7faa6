package dev.weir.runtimes.tracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A shop with spans of its own: they and Weir's are one tree, and one that does not depend on how they are made. */
class OwnSpansIT {

    private static final String RUN = "-Dweir.scope.run=example.tracing.Shop#buy";

    /** Refuses the first charge. */
    static FaultServer payments() throws IOException {
        AtomicInteger charges = new AtomicInteger();
        return FaultServer.start(request -> request.target().equals("/charges") && charges.incrementAndGet() == 1
                ? FaultServer.Reply.of(503, "try later")
                : FaultServer.Reply.of(200, "done"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void withAnSdk(InstalledJdk jdk) throws Exception {
        assertOneTree(jdk, "sdk");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void withoutAnSdk(InstalledJdk jdk) throws Exception {
        assertOneTree(jdk, "api");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void byMicrometerOverOpenTelemetry(InstalledJdk jdk) throws Exception {
        assertOneTree(jdk, "micrometer-otel");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void byMicrometerOverBrave(InstalledJdk jdk) throws Exception {
        assertOneTree(jdk, "micrometer-brave");
    }

    /** What the other tests would see without the adapter. */
    @ParameterizedTest(name = "{0}")
    @MethodSource(Jvms.JDKS)
    void inTwoTracesWhenTheAdapterIsOff(InstalledJdk jdk) throws Exception {
        try (FaultServer payments = payments();
                SmokeRun run = new SmokeRun(jdk, RUN, "-Dweir.instrumentation.opentelemetry-api=off")) {
            Program shop = run.start("shop", Shop.class, "sdk", payments.url(""), run.collector());
            assertEquals("sold", shop.awaitStdout(line -> line.equals("sold")));
            run.end(shop, "jdk-http-client");
            List<Span> roots =
                    run.spans().stream().filter(span -> span.parentId() == null).toList();
            assertEquals(
                    List.of("checkout", "invoke_agent Shop.buy"),
                    roots.stream()
                            .map(Span::name)
                            .filter(name -> !name.equals("POST"))
                            .sorted()
                            .toList());
            assertEquals(
                    roots.size(), roots.stream().map(Span::traceId).distinct().count());
        }
    }

    private static void assertOneTree(InstalledJdk jdk, String how) throws Exception {
        try (FaultServer payments = payments();
                SmokeRun run = new SmokeRun(jdk, RUN)) {
            Program shop = run.start("shop", Shop.class, how, payments.url(""), run.collector());
            assertEquals("sold", shop.awaitStdout(line -> line.equals("sold")));
            run.end(shop, how.endsWith("brave") ? "brave" : "opentelemetry-api", "jdk-http-client");
            List<Span> spans = new ArrayList<>(run.spans());
            for (String line : shop.stdout()) if (line.startsWith("span ")) spans.add(printed(line));
            SpanTree actual = SpanTree.of(spans);
            SpanTree expected = Documented.tree("other-tracing.md", "One tree");
            if (!expected.equals(actual)) assertEquals(expected.toString(), actual.toString(), how);
            List<String> traces = spans.stream().map(Span::traceId).distinct().toList();
            assertEquals(1, traces.size(), () -> "traces " + traces);
            for (FaultServer.Request request : payments.requests()) {
                String header = String.valueOf(request.header("traceparent"));
                assertTrue(header.startsWith("00-" + traces.get(0) + "-"), () -> request + " has " + header);
                assertTrue(
                        spans.stream().anyMatch(span -> span.spanId().equals(header.substring(36, 52))),
                        () -> "nobody's span: " + header);
            }
        }
    }

    private static Span printed(String line) {
        String[] parts = line.split(" ", 6);
        @Nullable String parent = parts[3].equals("null") ? null : parts[3];
        long start = Long.parseLong(parts[4]) * 1_000;
        return new Span(
                "shop",
                parts[1],
                parts[2],
                parent,
                Span.Kind.INTERNAL,
                parts[5],
                start,
                start,
                false,
                Map.of(),
                List.of(),
                List.of());
    }
}
