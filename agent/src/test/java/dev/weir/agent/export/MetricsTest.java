package dev.weir.agent.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.weir.bootstrap.CallFacts;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Reads with OpenTelemetry's own classes what is written by hand. */
class MetricsTest {

    private final Metrics metrics = new Metrics(new EpochClock(), Map.of("service.name", "agent"), "1.2.3");

    private static Map<String, Metric> decoded(byte[] bytes, int length) throws Exception {
        ExportMetricsServiceRequest request =
                ExportMetricsServiceRequest.parseFrom(ByteString.copyFrom(bytes, 0, length));
        assertEquals(
                "agent",
                request.getResourceMetrics(0)
                        .getResource()
                        .getAttributes(0)
                        .getValue()
                        .getStringValue());
        Map<String, Metric> byName = new TreeMap<>();
        for (Metric metric : request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList()) {
            assertFalse(metric.getDescription().isEmpty(), metric.getName());
            byName.put(metric.getName(), metric);
        }
        return byName;
    }

    private final Readings readings = new Readings();

    private Map<String, Metric> decoded() throws Exception {
        ProtobufWriter out = metrics.encode(readings);
        return decoded(out.array(), out.size());
    }

    private static Map<String, String> attributes(List<KeyValue> list) {
        Map<String, String> attributes = new TreeMap<>();
        for (KeyValue each : list) attributes.put(each.getKey(), each.getValue().getStringValue());
        return attributes;
    }

    private static SpanRecord call(int attempt) {
        SpanRecord record = Delivery.record(7);
        record.attempt = attempt;
        return record;
    }

    @Test
    void attemptsAndRepeatsAreCountedForEachDestination() throws Exception {
        metrics.add(call(1));
        metrics.add(call(2));
        SpanRecord silent = call(1);
        silent.withRare().resends = 2;
        metrics.add(silent);
        SpanRecord elsewhere = call(1);
        elsewhere.target = "other.internal";
        metrics.add(elsewhere);
        SpanRecord refused = call(3);
        refused.error = true;
        refused.withRare().code = "weir.retry-budget";
        metrics.add(refused);
        Map<String, Metric> sent = decoded();
        assertEquals(
                AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
                sent.get("weir.attempts").getSum().getAggregationTemporality());
        assertTrue(sent.get("weir.attempts").getSum().getIsMonotonic());
        NumberDataPoint attempts = sent.get("weir.attempts").getSum().getDataPoints(0);
        assertEquals(5, attempts.getAsInt());
        assertEquals(
                Map.of("weir.call", "http_client", "server.address", "example.internal"),
                attributes(attempts.getAttributesList()));
        assertTrue(attempts.getStartTimeUnixNano() <= attempts.getTimeUnixNano());
        assertEquals(1, sent.get("weir.attempts").getSum().getDataPoints(1).getAsInt());
        assertEquals(
                3, sent.get("weir.attempts.repeated").getSum().getDataPoints(0).getAsInt());
    }

    @Test
    void amplificationIsAHistogramWithTheWorstTraceAsExemplar() throws Exception {
        for (int amplification : new int[] {1, 27, 3}) {
            SpanRecord root = call(1);
            root.withRare().totals = new SpanRecord.Totals(amplification, amplification, 1, 0, 0);
            root.traceLow = amplification;
            metrics.add(root);
        }
        HistogramDataPoint point =
                decoded().get("weir.amplification").getHistogram().getDataPoints(0);
        assertEquals(3, point.getCount());
        assertEquals(31, point.getSum());
        assertEquals(1, point.getMin());
        assertEquals(27, point.getMax());
        assertEquals(point.getExplicitBoundsCount() + 1, point.getBucketCountsCount());
        assertEquals(27, point.getExplicitBounds(8));
        assertEquals(1, point.getBucketCounts(8), "a bound belongs to the bucket below it");
        assertEquals(27, point.getExemplars(0).getAsDouble());
        assertEquals(27, point.getExemplars(0).getTraceId().byteAt(15));
        assertEquals(16, point.getExemplars(0).getTraceId().size());
        assertEquals(
                0,
                decoded()
                        .get("weir.amplification")
                        .getHistogram()
                        .getDataPoints(0)
                        .getExemplarsCount(),
                "nothing new since");
    }

    @Test
    void traceThatNobodyKeepsIsCountedAndNoExemplar() throws Exception {
        SpanRecord record = call(1);
        record.flags = 0;
        metrics.add(record);
        NumberDataPoint point = decoded().get("weir.attempts").getSum().getDataPoints(0);
        assertEquals(1, point.getAsInt());
        assertEquals(0, point.getExemplarsCount());
    }

    @Test
    void verdictsOverrunsAndModelCalls() throws Exception {
        SpanRecord late = call(1);
        late.withRare().overrunMillis = 250;
        late.withRare().verdicts = List.of(new SpanRecord.Verdict("deadline", "would-limit", "late"));
        metrics.add(late);
        SpanRecord model = call(1);
        model.kind = CallFacts.Kind.MODEL;
        model.target = "gpt-x";
        model.withRare().genAi = new GenAiRecord();
        model.rare().genAi.operation = "chat";
        model.rare().genAi.provider = "openai";
        model.rare().genAi.inputTokens = 900;
        model.rare().genAi.outputTokens = 40;
        metrics.add(model);
        Map<String, Metric> sent = decoded();
        assertEquals(
                Map.of("weir.rule", "deadline", "weir.verdict", "would-limit"),
                attributes(sent.get("weir.verdicts").getSum().getDataPoints(0).getAttributesList()));
        assertEquals(
                0.25,
                sent.get("weir.deadline.overrun")
                        .getHistogram()
                        .getDataPoints(0)
                        .getSum());
        List<HistogramDataPoint> tokens =
                sent.get("gen_ai.client.token.usage").getHistogram().getDataPointsList();
        assertEquals(2, tokens.size());
        assertEquals(900, tokens.get(0).getSum());
        assertEquals("input", attributes(tokens.get(0).getAttributesList()).get("gen_ai.token.type"));
        assertEquals("gpt-x", attributes(tokens.get(0).getAttributesList()).get("gen_ai.request.model"));
        assertEquals(
                1, sent.get("gen_ai.client.operation.duration").getHistogram().getDataPointsCount());
        assertEquals(1, sent.get("weir.attempts").getSum().getDataPointsCount(), "a model call is no call on the wire");
    }

    @Test
    void destinationsWithoutEndAreOnePoint() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            SpanRecord record = call(1);
            record.target = "host" + i;
            metrics.add(record);
        }
        List<NumberDataPoint> points = decoded().get("weir.attempts").getSum().getDataPointsList();
        assertEquals(1_001, points.size());
        NumberDataPoint overflow = points.get(1_000);
        assertEquals("true", attributes(overflow.getAttributesList()).get("otel.metric.overflow"));
        assertEquals(2_000, overflow.getAsInt());
    }

    @Test
    void theAgentsOwnNumbersAreReadWhenTheyAreSent() throws Exception {
        readings.total("weir.spans.dropped", "{span}", "Spans that were lost.", () -> 3L);
        Metric metric = decoded().get("weir.spans.dropped");
        assertEquals(3, metric.getSum().getDataPoints(0).getAsInt());
    }

    @Test
    void whatGoesUpAndDownIsAGauge() throws Exception {
        Map<String, Long> states = new TreeMap<>(Map.of("pay:80", 2L, "mail:25", 0L));
        readings.gauge("weir.circuit.state", "{state}", "Circuits.", "weir.destination", () -> states);
        List<NumberDataPoint> points =
                decoded().get("weir.circuit.state").getGauge().getDataPointsList();
        assertEquals(2, points.size());
        assertEquals(
                Map.of("weir.destination", "pay:80"), attributes(points.get(0).getAttributesList()));
        assertEquals(2, points.get(0).getAsInt());
        assertTrue(points.get(1).hasAsInt(), "0 is a value too");
        assertTrue(points.get(0).getTimeUnixNano() > 0);
        states.put("pay:80", 0L);
        assertEquals(
                0,
                decoded().get("weir.circuit.state").getGauge().getDataPoints(1).getAsInt(),
                "it went down");
        states.clear();
        assertFalse(decoded().containsKey("weir.circuit.state"), "nothing to tell");
    }

    @Test
    void theWorstOfTooManyAreNamed() throws Exception {
        Map<String, Long> states = new TreeMap<>();
        for (int i = 0; i < 3_000; i++) states.put("host" + i, i < 1_500 ? 1L : i < 2_000 ? 2L : 0L);
        readings.gauge("weir.circuit.state", "{state}", "Circuits.", "weir.destination", () -> states);
        List<NumberDataPoint> points =
                decoded().get("weir.circuit.state").getGauge().getDataPointsList();
        assertEquals(1_001, points.size());
        assertEquals(
                500, points.stream().filter(point -> point.getAsInt() == 2).count(), "all that are open are named");
        NumberDataPoint overflow = points.get(1_000);
        assertEquals(Map.of("otel.metric.overflow", "true"), attributes(overflow.getAttributesList()));
        assertEquals(1, overflow.getAsInt(), "the worst of the others");
    }

    /** At the end of the JVM at the latest, and whatever is sampled. */
    @Test
    void metricsArrive() throws Exception {
        List<byte[]> received = new CopyOnWriteArrayList<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.createContext("/v1/metrics", exchange -> {
            received.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            Delivery delivery = new Delivery(Map.of(
                    "otel.metrics.exporter",
                    "otlp",
                    "otel.service.name",
                    "agent",
                    "otel.exporter.otlp.endpoint",
                    "http://127.0.0.1:" + collector.getAddress().getPort()));
            delivery.exporter.reports(
                    readings -> readings.total("weir.spans.sent", "{span}", "Sent.", delivery.exporter::sent));
            delivery.offer(10);
            SpanRecord dropped = Delivery.record(99);
            dropped.flags = 0;
            delivery.exporter.sink().count(dropped);
            delivery.awaitSettled();
            delivery.exporter.shutdown(20_000);
            assertEquals(1, received.size());
            ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(received.get(0));
            List<Metric> sent = new ArrayList<>(
                    request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList());
            sent.removeIf(metric -> !metric.getName().equals("weir.attempts"));
            assertEquals(11, sent.get(0).getSum().getDataPoints(0).getAsInt());
            assertEquals(10, delivery.exporter.sent(), "what is only counted is no span");
            assertEquals(0, delivery.exporter.dropped());
        } finally {
            collector.stop(0);
        }
    }
}
