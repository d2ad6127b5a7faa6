package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is said of metrics that nobody takes. */
class MetricExportTest {

    private HttpCollector collector;
    private Delivery delivery;

    @AfterEach
    void end() throws IOException {
        delivery.close();
        collector.close();
        assertEquals(0, delivery.failures(), () -> delivery.lines().toString());
    }

    private void deliver(String... settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "otel.exporter.otlp.endpoint",
                collector.endpoint(),
                "otel.metrics.exporter",
                "otlp",
                "otel.metric.export.interval",
                "1"));
        for (int i = 0; i < settings.length; i += 2) all.put(settings[i], settings[i + 1]);
        delivery = new Delivery(all);
        delivery.offer(1).awaitSettled();
    }

    private long metricRequests() {
        return collector.requests.stream()
                .filter(request -> request.line().contains("/v1/metrics"))
                .count();
    }

    @Test
    void whoTakesTracesOnlyIsNotWorthALine() throws IOException {
        collector = new HttpCollector().metrics(HttpCollector.status(404));
        deliver();
        delivery.await(() -> metricRequests() > 0, "asked to take metrics");
        delivery.offer(3).awaitSettled();
        delivery.close();
        assertEquals(1, metricRequests(), "asked more than once");
        assertEquals(List.of(), delivery.lines());
    }

    /** Its span is exported by whoever made it; only metrics want to know more of it. */
    @Test
    void whatIsSaidInSomebodyElsesSpanIsNoSpanOfWeirs() throws IOException {
        collector = new HttpCollector();
        deliver();
        SpanRecord shared = Delivery.record(77);
        shared.shared = true;
        delivery.exporter.sink().count(shared);
        // Behind it in the queue.
        delivery.offer(1).awaitSettled();
        delivery.close();
        assertEquals(2, delivery.exporter.sent());
    }

    @Test
    void whoDoesNotLikeThemIsNamedOnce() throws IOException {
        collector = new HttpCollector().metrics(HttpCollector.status(400));
        deliver();
        delivery.await(() -> !delivery.lines().isEmpty(), "said");
        assertEquals(
                "weir: " + collector.endpoint() + "/v1/metrics takes no metrics (HTTP 400); none are sent from now on."
                        + " -Dotel.metrics.exporter=none switches them off.",
                delivery.line());
    }

    @Test
    void aPlaceOfTheirOwnThatIsNotThereIsNamedOnce() throws IOException {
        collector = new HttpCollector();
        try (Socket nobody = Delivery.refusing()) {
            String elsewhere = "http://127.0.0.1:" + nobody.getLocalPort() + "/v1/metrics";
            deliver("otel.exporter.otlp.metrics.endpoint", elsewhere);
            delivery.await(() -> !delivery.lines().isEmpty(), "said");
            delivery.offer(3).awaitSettled();
            assertTrue(delivery.line().startsWith("weir: metrics do not reach " + elsewhere + " ("), delivery.line());
        }
    }
}
