package dev.weir.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Runs the launcher as a user does and holds it to what it prints, and the application to what it printed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoIT {
    private static final String CHARGE_CALLS = "charge: calls that reached the payment provider";
    private static final String LATE_CALLS = "refund: ... of them after the caller gave up";
    private static final String PAID_OUT = "refund: paid out after the customer was told \"no refund\"";

    private Launch launch = new Launch(Path.of(""), "");

    @BeforeAll
    void runTheDemo() throws IOException, InterruptedException {
        launch = Launch.of("plain", "--without", "--observe", "--enforce");
    }

    @Test
    void withoutTheAgentTheHarmIsReal() {
        assertEquals("27", launch.cell(CHARGE_CALLS, Mode.WITHOUT));
        assertEquals("6", launch.cell(LATE_CALLS, Mode.WITHOUT));
        assertEquals("yes", launch.cell(PAID_OUT, Mode.WITHOUT));
    }

    @Test
    void observeChangesNothingThatTheApplicationDoesOrPrints() throws IOException {
        assertEquals("27", launch.cell(CHARGE_CALLS, Mode.OBSERVE));
        assertEquals("yes", launch.cell(PAID_OUT, Mode.OBSERVE));
        for (String process : Launch.PROCESSES) {
            assertEquals(launch.printed(Mode.WITHOUT, process), launch.printed(Mode.OBSERVE, process), process);
        }
    }

    @Test
    void enforceHoldsTheRetriesAndTheDeadline() {
        int calls = Integer.parseInt(launch.cell(CHARGE_CALLS, Mode.ENFORCE));
        assertTrue(calls >= 1 && calls <= 4, CHARGE_CALLS + ": " + calls);
        assertEquals("0", launch.cell(LATE_CALLS, Mode.ENFORCE));
        assertEquals("no", launch.cell(PAID_OUT, Mode.ENFORCE));
    }

    @Test
    void theChainIsOneTreeOverThreeProcesses() throws IOException {
        JsonNode chain = launch.charge(Mode.OBSERVE);
        Set<String> services = new HashSet<>();
        List<JsonNode> parentless = new ArrayList<>();
        for (JsonNode span : chain.path("spans")) {
            services.add(span.path("service").asText());
            assertFalse(span.has("orphan"), () -> "its parent never came: " + span);
            if (span.path("parentSpanId").isNull()) {
                parentless.add(span);
            }
        }
        assertEquals(Set.copyOf(Launch.PROCESSES), services);
        assertEquals(1, parentless.size(), () -> "roots: " + parentless);
    }

    @Test
    void theRootCarriesTheAmplificationThatTheProviderCounted() throws IOException {
        JsonNode root = null;
        Set<String> operations = new HashSet<>();
        int attempts = 0;
        for (JsonNode span : launch.charge(Mode.OBSERVE).path("spans")) {
            JsonNode attributes = span.path("attributes");
            if (span.path("parentSpanId").isNull()) {
                root = attributes;
            }
            // A request that came in is what caused all this; a try of a retry layer, a run, a model call and a tool
            // call
            // contain calls and are none.
            boolean contains = span.path("kind").asText().equals("server")
                    || span.path("name").asText().startsWith("retry ")
                    || attributes.has("gen_ai.operation.name");
            if (!contains) {
                operations.add(attributes.path("weir.operation.id").asText());
                attempts++;
            }
        }
        assertEquals(27, root.path("weir.amplification").asInt(), root::toString);
        assertEquals(attempts, root.path("weir.attempts").asInt(), root::toString);
        assertEquals(operations.size(), root.path("weir.operations").asInt(), root::toString);
    }

    @Test
    void theTwentySevenCallsAreAttemptsOfOneOperationWithOneKey() throws IOException {
        Set<String> operations = new HashSet<>();
        Set<String> keys = new HashSet<>();
        Set<Integer> attempts = new HashSet<>();
        for (JsonNode span : launch.charge(Mode.OBSERVE).path("spans")) {
            boolean client = span.path("kind").asText().equals("client");
            JsonNode attributes = span.path("attributes");
            if (client
                    && span.path("service").asText().equals("worker")
                    && attributes.path("url.full").asText().endsWith("/charges")) {
                operations.add(attributes.path("weir.operation.id").asText());
                keys.add(attributes.path("weir.idempotency.key").asText());
                attempts.add(attributes.path("weir.attempt").asInt());
            }
        }
        assertEquals(1, operations.size(), operations::toString);
        assertEquals(1, keys.size(), keys::toString);
        assertEquals(Set.copyOf(IntStream.rangeClosed(1, 27).boxed().toList()), attempts);
    }

    @Test
    void noFuseBlows() throws IOException {
        for (Mode mode : List.of(Mode.OBSERVE, Mode.ENFORCE)) {
            for (String process : Launch.PROCESSES) {
                String logged = launch.logged(mode, process);
                assertTrue(logged.contains("no fuse blew; 0 failures"), logged);
                assertFalse(logged.contains("fuse blew:"), logged);
            }
        }
    }

    @Test
    void runsTheSameWithOtherVersionsOfWhatWeirIsMadeOf() throws IOException, InterruptedException {
        Launch own = Launch.of(
                "own-libraries",
                "--own-libraries=" + System.getProperty("demo.own-libraries"),
                "--observe",
                "--enforce");
        assertEquals("27", own.cell(CHARGE_CALLS, Mode.OBSERVE));
        assertEquals(launch.cell(CHARGE_CALLS, Mode.ENFORCE), own.cell(CHARGE_CALLS, Mode.ENFORCE));
        assertEquals("no", own.cell(PAID_OUT, Mode.ENFORCE));
        String used = """
                made by byte-buddy-1.14.19.jar: a class
                traced by opentelemetry-sdk-trace-1.40.0.jar and opentelemetry-api-1.40.0.jar: a span
                queued by jctools-core-3.3.0.jar: an element
                """;
        for (String process : Launch.PROCESSES) {
            assertEquals(used + launch.printed(Mode.OBSERVE, process), own.printed(Mode.OBSERVE, process));
            assertTrue(own.printed(Mode.ENFORCE, process).startsWith(used), process);
            assertTrue(own.logged(Mode.ENFORCE, process).contains("no fuse blew; 0 failures"), process);
        }
    }
}
