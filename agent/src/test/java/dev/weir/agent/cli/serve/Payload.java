package dev.weir.agent.cli.serve;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Builds OTLP requests with the generated classes, the way a foreign sender would. */
final class Payload {
    static final long EPOCH_MS = 1_790_000_000_000L;

    private final String traceId;
    private final List<ResourceSpans.Builder> processes = new ArrayList<>();
    private Span.Builder last = Span.newBuilder();

    private Payload(String traceId) {
        this.traceId = traceId;
    }

    static Payload trace(int number) {
        return new Payload(traceId(number));
    }

    static String traceId(int number) {
        return String.format("%032x", number);
    }

    static String spanId(int number) {
        return String.format("%016x", number);
    }

    Payload process(String service, long pid) {
        ResourceSpans.Builder process = ResourceSpans.newBuilder();
        Resource.Builder resource = Resource.newBuilder().addAttributes(attribute("service.name", service));
        if (pid > 0) {
            resource.addAttributes(attribute("process.pid", pid));
        }
        process.setResource(resource);
        process.addScopeSpansBuilder();
        processes.add(process);
        return this;
    }

    /** Times in milliseconds after a fixed moment; parent 0 is none. */
    Payload span(int id, int parent, String name, Span.SpanKind kind, long start, long end) {
        ScopeSpans.Builder scope = processes.get(processes.size() - 1).getScopeSpansBuilder(0);
        last = scope.addSpansBuilder()
                .setTraceId(bytes(traceId))
                .setSpanId(bytes(spanId(id)))
                .setName(name)
                .setKind(kind)
                .setStartTimeUnixNano((EPOCH_MS + start) * 1_000_000)
                .setEndTimeUnixNano((EPOCH_MS + end) * 1_000_000);
        if (parent != 0) {
            last.setParentSpanId(bytes(spanId(parent)));
        }
        return this;
    }

    Payload lastingNanos(long nanos) {
        last.setEndTimeUnixNano(last.getStartTimeUnixNano() + nanos);
        return this;
    }

    Payload with(String key, Object value) {
        last.addAttributes(attribute(key, value));
        return this;
    }

    Payload failed(String message) {
        last.setStatus(
                Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage(message));
        return this;
    }

    Payload event(String name, String key, Object value) {
        last.addEvents(Span.Event.newBuilder()
                .setName(name)
                .setTimeUnixNano(EPOCH_MS * 1_000_000)
                .addAttributes(attribute(key, value)));
        return this;
    }

    Payload linkedTo(String otherTrace, int span) {
        last.addLinks(Span.Link.newBuilder().setTraceId(bytes(otherTrace)).setSpanId(bytes(spanId(span))));
        return this;
    }

    ExportTraceServiceRequest request() {
        ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
        processes.forEach(request::addResourceSpans);
        return request.build();
    }

    byte[] protobuf() {
        return request().toByteArray();
    }

    /** The spans as the receiver reads them. */
    List<dev.weir.agent.cli.serve.Span> read() {
        try {
            return OtlpProtobuf.read(new ByteArrayInputStream(protobuf())).spans();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tree of a store that got just this. */
    String drawn(TreeStyle style) {
        TraceStore store = new TraceStore(10, 1L << 30, () -> 0);
        store.add(read());
        Chain.Snapshot chain = store.find(traceId);
        return chain == null ? "" : TreeRenderer.render(chain, style);
    }

    static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    static KeyValue attribute(String key, Object value) {
        AnyValue.Builder any = AnyValue.newBuilder();
        if (value instanceof Long || value instanceof Integer) {
            any.setIntValue(((Number) value).longValue());
        } else if (value instanceof Double number) {
            any.setDoubleValue(number);
        } else if (value instanceof Boolean flag) {
            any.setBoolValue(flag);
        } else if (value instanceof AnyValue ready) {
            any = ready.toBuilder();
        } else {
            any.setStringValue(value.toString());
        }
        return KeyValue.newBuilder().setKey(key).setValue(any).build();
    }

    static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
