package dev.weir.page;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The spans of one trace, as an application of several processes would send them. */
final class Spans {
    private static final long BEGAN_MS = System.currentTimeMillis();

    private final int trace;
    private final Map<String, ResourceSpans.Builder> processes = new LinkedHashMap<>();
    private Span.Builder last = Span.newBuilder();

    private Spans(int trace) {
        this.trace = trace;
    }

    static Spans trace(int number) {
        return new Spans(number);
    }

    static String traceId(int number) {
        return String.format("%032x", number);
    }

    static String spanId(int number) {
        return String.format("%016x", number);
    }

    /** Times in milliseconds after this test began; parent 0 is none. */
    Spans span(String service, Span.SpanKind kind, int id, int parent, String name, double start, double took) {
        ResourceSpans.Builder process = processes.computeIfAbsent(service, Spans::process);
        last = process.getScopeSpansBuilder(0)
                .addSpansBuilder()
                .setTraceId(bytes(traceId(trace)))
                .setSpanId(bytes(spanId(id)))
                .setName(name)
                .setKind(kind)
                .setStartTimeUnixNano(nanos(start))
                .setEndTimeUnixNano(nanos(start + took));
        if (parent != 0) last.setParentSpanId(bytes(spanId(parent)));
        return this;
    }

    private static ResourceSpans.Builder process(String service) {
        ResourceSpans.Builder process = ResourceSpans.newBuilder();
        process.getResourceBuilder()
                .addAttributes(attribute("service.name", service))
                .addAttributes(attribute("process.pid", 100 + service.length()));
        process.addScopeSpansBuilder();
        return process;
    }

    private static long nanos(double afterBegin) {
        return BEGAN_MS * 1_000_000 + Math.round(afterBegin * 1e6);
    }

    Spans with(String key, Object value) {
        last.addAttributes(attribute(key, value));
        return this;
    }

    Spans attempt(String operation, int number) {
        return with("weir.operation.id", operation).with("weir.attempt", number);
    }

    Spans verdict(String rule, String outcome, String reason) {
        return with("weir.verdict." + rule, outcome).with("weir.verdict." + rule + ".reason", reason);
    }

    Spans failed(String message) {
        last.setStatus(
                Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage(message));
        return this;
    }

    Spans event(String name, String key, Object value) {
        last.addEvents(Span.Event.newBuilder()
                .setName(name)
                .setTimeUnixNano(last.getStartTimeUnixNano())
                .addAttributes(attribute(key, value)));
        return this;
    }

    Spans linkedTo(int otherTrace, int span) {
        last.addLinks(Span.Link.newBuilder()
                .setTraceId(bytes(traceId(otherTrace)))
                .setSpanId(bytes(spanId(span)))
                .addAttributes(attribute("weir.link", "file")));
        return this;
    }

    byte[] request() {
        ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
        processes.values().forEach(request::addResourceSpans);
        return request.build().toByteArray();
    }

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    private static KeyValue attribute(String key, Object value) {
        AnyValue.Builder any = AnyValue.newBuilder();
        if (value instanceof Integer number) any.setIntValue(number);
        else if (value instanceof Double number) any.setDoubleValue(number);
        else any.setStringValue(value.toString());
        return KeyValue.newBuilder().setKey(key).setValue(any).build();
    }
}
