package dev.weir.incidents.harness;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** An OTLP/HTTP receiver that keeps every span, and the metrics that came last. */
public final class Collector implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpServer server;
    private final List<Span> spans = new ArrayList<>();
    private List<Metric> metrics = List.of();

    private Collector(HttpServer server) {
        this.server = server;
    }

    /** Starts a receiver on an ephemeral loopback port. */
    public static Collector start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Collector collector = new Collector(server);
        server.createContext("/v1/traces", collector::receive);
        server.createContext("/v1/metrics", collector::receiveMetrics);
        server.start();
        return collector;
    }

    /** The value for {@code otel.exporter.otlp.endpoint}. */
    public String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was received until now. */
    public synchronized List<Span> spans() {
        return List.copyOf(spans);
    }

    /** Waits until what was received satisfies a condition; fails after a generous time. */
    public synchronized List<Span> await(String what, Predicate<List<Span>> condition) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.test(spans)) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) throw new AssertionError("no " + what + " within " + PATIENCE + "; received: " + spans);
            wait(left);
        }
        return List.copyOf(spans);
    }

    /** Waits for an export of metrics that satisfies a condition; fails after a generous time. */
    public synchronized List<Metric> awaitMetrics(String what, Predicate<List<Metric>> condition)
            throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.test(metrics)) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) throw new AssertionError("no " + what + " within " + PATIENCE + "; the last: " + metrics);
            wait(left);
        }
        return metrics;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static InputStream body(HttpExchange exchange) throws IOException {
        boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        return gzip ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
    }

    private void receiveMetrics(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream in = body(exchange)) {
            ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(in);
            synchronized (this) {
                metrics = request.getResourceMetrics(0).getScopeMetrics(0).getMetricsList();
                notifyAll();
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream in = body(exchange)) {
            keep(ExportTraceServiceRequest.parseFrom(in));
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private synchronized void keep(ExportTraceServiceRequest request) {
        for (ResourceSpans resource : request.getResourceSpansList()) {
            String service = String.valueOf(
                    attributes(resource.getResource().getAttributesList()).get("service.name"));
            for (ScopeSpans scope : resource.getScopeSpansList()) {
                for (io.opentelemetry.proto.trace.v1.Span span : scope.getSpansList()) spans.add(span(service, span));
            }
        }
        notifyAll();
    }

    private static Span span(String service, io.opentelemetry.proto.trace.v1.Span span) {
        return new Span(
                service,
                hex(span.getTraceId()),
                hex(span.getSpanId()),
                span.getParentSpanId().isEmpty() ? null : hex(span.getParentSpanId()),
                Span.Kind.valueOf(span.getKind().name().replace("SPAN_KIND_", "")),
                span.getName(),
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano(),
                span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
                attributes(span.getAttributesList()),
                span.getLinksList().stream().map(link -> hex(link.getTraceId())).toList(),
                span.getEventsList().stream()
                        .map(event -> event.getName() + attributes(event.getAttributesList()))
                        .toList());
    }

    private static Map<String, Object> attributes(List<KeyValue> attributes) {
        Map<String, Object> map = new TreeMap<>();
        for (KeyValue attribute : attributes) {
            Object value = value(attribute.getValue());
            if (value != null) map.put(attribute.getKey(), value);
        }
        return map;
    }

    private static @Nullable Object value(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> value.getIntValue();
            case DOUBLE_VALUE -> value.getDoubleValue();
            case BOOL_VALUE -> value.getBoolValue();
            case ARRAY_VALUE ->
                value.getArrayValue().getValuesList().stream()
                        .map(Collector::value)
                        .toList();
            default -> null;
        };
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
