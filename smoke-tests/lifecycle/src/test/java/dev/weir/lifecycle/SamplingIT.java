package dev.weir.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.incidents.harness.Collector;
import dev.weir.incidents.harness.Program;
import dev.weir.incidents.harness.Span;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Head sampling, which keeps what a person must see. */
class SamplingIT {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319";

    /** Which of the traces that came without a parent, with one that is not sampled, and with one that is are kept. */
    @ParameterizedTest
    @CsvSource({
        "parentbased_always_on,  true,  false, true",
        "parentbased_always_off, false, false, true",
        "parentbased_traceidratio, false, false, true",
        "always_on,  true, true, true",
        "always_off, false, false, false",
        "traceidratio, false, false, false"
    })
    void samplersDecideAsTheirNamesSay(String sampler, boolean alone, boolean unsampled, boolean sampled)
            throws Exception {
        try (Target target = new Target();
                Collector collector = Collector.start();
                Program relay = Fork.of(Relay.class, target.url(""))
                        .weir(collector, "otel.traces.sampler.arg=0", "otel.traces.sampler=" + sampler)
                        .start()) {
            ask(relay, "/alone", null);
            ask(relay, "/unsampled", "00-" + TRACE + "a-b7ad6b7169203331-00");
            ask(relay, "/sampled", "00-" + TRACE + "b-b7ad6b7169203331-01");
            // An error is kept whatever the sampler says.
            ask(relay, "/fail", "00-" + TRACE + "c-b7ad6b7169203331-00");
            assertEquals(0, relay.end().exitCode());
            TreeSet<String> kept = new TreeSet<>();
            for (Span span : collector.spans()) {
                String path = span.text("url.path");
                kept.add(path == null ? URI.create(span.text("url.full")).getPath() : path);
            }
            TreeSet<String> expected = new TreeSet<>(List.of("/fail"));
            if (alone) expected.add("/alone");
            if (unsampled) expected.add("/unsampled");
            if (sampled) expected.add("/sampled");
            assertEquals(expected, kept);
            // Whoever is called next hears of the decision.
            for (Target.Hit hit : target.hits()) {
                boolean told = hit.traceparent() != null && hit.traceparent().endsWith("-01");
                boolean wanted = switch (hit.path()) {
                    case "/alone" -> alone;
                    case "/sampled" -> sampled;
                    default -> unsampled;
                };
                assertEquals(wanted, told, hit.path());
            }
        }
    }

    private static void ask(Program relay, String path, String traceparent) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(relay.url(path)));
        if (traceparent != null) request.header("traceparent", traceparent);
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding());
    }

    @Test
    void aRatioKeepsThatPart() throws Exception {
        int calls = 600;
        try (Target target = new Target();
                Collector collector = Collector.start();
                Program program = Fork.of(Caller.class, target.url("/x"), calls, "return")
                        .weir(collector, "otel.traces.sampler=traceidratio", "otel.traces.sampler.arg=0.25")
                        .start()) {
            program.end();
            int kept = collector.spans().size();
            // Eight standard deviations around a quarter.
            assertTrue(kept > 65 && kept < 235, kept + " of " + calls);
            long told = target.traceparents().stream()
                    .filter(header -> header.endsWith("-01"))
                    .count();
            assertEquals(kept, told);
        }
    }

    @Test
    void aVerdictIsKeptThoughItsCallWentWellAndItsTraceIsSampledOut() throws Exception {
        try (Target target = new Target();
                Collector collector = Collector.start();
                Program program = Fork.of(Retrier.class, target.url(""))
                        .weir(collector, "otel.traces.sampler=always_off", "weir.rule.retry-budget.attempts=2")
                        .start()) {
            program.awaitStdout("ready"::equals);
            program.tell("/fine");
            program.tell("/fail");
            program.awaitStdout(line -> line.startsWith("/fail "));
            program.end();
            List<Span> spans = collector.spans();
            // Six errors, of which four have a verdict; six successes without one.
            assertEquals(6, spans.size(), spans::toString);
            assertEquals(
                    4,
                    spans.stream()
                            .filter(span -> "would-deny".equals(span.text("weir.verdict.retry-budget")))
                            .count());
        }
    }
}
