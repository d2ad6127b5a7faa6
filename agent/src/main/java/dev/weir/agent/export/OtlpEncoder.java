package dev.weir.agent.export;

import dev.weir.agent.context.Hex;
import dev.weir.bootstrap.Hooks;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes records as an OTLP {@code ExportTraceServiceRequest}, straight from their fields.
 *
 * <p>Source: opentelemetry-proto 1.x, {@code trace/v1/trace.proto}; the numbers below are its field numbers.
 */
final class OtlpEncoder {

    private static final int KIND_INTERNAL = 1;
    private static final int KIND_SERVER = 2;
    private static final int KIND_CLIENT = 3;
    private static final int KIND_PRODUCER = 4;
    private static final int KIND_CONSUMER = 5;
    private static final int STATUS_ERROR = 2;
    /** A gRPC server takes 4 MiB unless it is told otherwise, and one record may be longer than others. */
    private static final int LONGEST_REQUEST = 3 * 1024 * 1024;

    private final EpochClock clock;
    private final ProtobufWriter out = new ProtobufWriter(64 * 1024);
    private final AttributeWriter attributes = new AttributeWriter(out, AttributeWriter.OF_SPAN);
    private final CallAttributes calls;
    private final ApplicationSpanFields applicationSpans;
    private final KnownRequests requests = new KnownRequests();
    private final byte[] resource;
    private final String version;
    private int resourceSpans;
    private int scopeSpans;
    private int encoded;

    OtlpEncoder(EpochClock clock, Map<String, Object> resource, String version, Redaction redaction) {
        this.clock = clock;
        this.calls = new CallAttributes(attributes, redaction);
        this.applicationSpans = new ApplicationSpanFields(clock, out, attributes, redaction);
        this.version = version;
        ProtobufWriter writer = new ProtobufWriter(1_024);
        resource(writer, resource);
        this.resource = Arrays.copyOf(writer.array(), writer.size());
        begin();
    }

    /** Says what all that follows is about. */
    static void resource(ProtobufWriter out, Map<String, Object> resource) {
        int message = out.beginLong(1);
        AttributeWriter described = new AttributeWriter(out, 1);
        for (Map.Entry<String, Object> attribute : resource.entrySet()) {
            if (attribute.getValue() instanceof Long number) described.number(attribute.getKey(), number);
            else described.text(attribute.getKey(), String.valueOf(attribute.getValue()));
        }
        out.endLong(message);
    }

    /** Begins a new request, without records. */
    void begin() {
        out.clear();
        resourceSpans = out.beginLong(1);
        out.raw(resource, resource.length);
        scopeSpans = out.beginLong(2);
        int scope = out.begin(1);
        out.string(1, "dev.weir");
        out.string(2, version);
        out.end(scope);
        encoded = 0;
    }

    /** Encodes one more record into the request. One that cannot be encoded is left out, and thrown for. */
    void add(SpanRecord record) {
        int before = out.size();
        boolean whole = false;
        try {
            span(record);
            encoded++;
            whole = true;
        } finally {
            if (!whole) out.truncate(before);
        }
    }

    /** How many records the request holds. */
    int encoded() {
        return encoded;
    }

    /** Whether a receiver may not take a longer request. */
    boolean isFull() {
        return out.size() >= LONGEST_REQUEST;
    }

    /** The request with the records that were added. The writer's array is valid until {@link #begin}. */
    ProtobufWriter end() {
        out.endLong(scopeSpans);
        out.endLong(resourceSpans);
        return out;
    }

    private void span(SpanRecord record) {
        int span = out.beginLong(2);
        out.id(1, record.traceHigh, record.traceLow);
        out.id(2, record.spanId);
        SpanRecord.Rare rare = record.rare();
        if (rare.traceState != null) out.string(3, rare.traceState);
        if (record.parentSpanId != 0) out.id(4, record.parentSpanId);
        out.fixed64(7, clock.epochNanos(record.startNanos));
        out.fixed64(8, clock.epochNanos(record.endNanos));
        Hooks.SpanData application = rare.application;
        if (application == null) {
            request(record);
            calls.outcome(record);
            WeirAttributes.outcome(record, attributes);
            events(record);
        } else {
            nameAndKind(record);
            applicationSpans.attributes(record, application);
            applicationSpans.events(record, application);
            applicationSpans.links(application);
            applicationSpans.status(application);
        }
        if (rare.linked != null) link(rare.linked);
        if (record.error) status(record);
        out.endLong(span);
    }

    /** What was asked for. The same requests come again and again. */
    private void request(SpanRecord record) {
        boolean may = KnownRequests.mayKnow(record);
        byte[] known = may ? requests.of(record) : null;
        if (known != null) {
            out.raw(known, known.length);
            return;
        }
        int begun = out.size();
        nameAndKind(record);
        calls.request(record);
        WeirAttributes.request(record, attributes);
        if (may) requests.came(record, out.array(), begun, out.size());
    }

    private void nameAndKind(SpanRecord record) {
        out.string(5, SpanNames.of(record, calls.emptied()));
        out.varint(6, kind(record));
    }

    private static int kind(SpanRecord record) {
        Hooks.SpanData application = record.rare().application;
        if (application != null) return application.kind;
        return switch (record.kind) {
            case HTTP_CLIENT, SQL, MODEL, MEMORY, PROCESS, MCP_CLIENT -> KIND_CLIENT;
            case HTTP_SERVER, MCP_SERVER -> KIND_SERVER;
            case MESSAGE_SEND -> KIND_PRODUCER;
            case MESSAGE_RECEIVE -> KIND_CONSUMER;
            default -> KIND_INTERNAL;
        };
    }

    private void events(SpanRecord record) {
        SpanRecord.Rare rare = record.rare();
        if (rare.thrown != null) {
            int event = out.begin(11);
            out.fixed64(1, clock.epochNanos(record.endNanos));
            out.string(2, Attributes.EXCEPTION);
            attributes.text(3, Attributes.EXCEPTION_TYPE, rare.thrown);
            if (rare.message != null) attributes.text(3, Attributes.EXCEPTION_MESSAGE, rare.message);
            out.end(event);
        }
        for (SpanRecord.Verdict verdict : record.verdicts()) {
            int event = out.begin(11);
            out.fixed64(1, clock.epochNanos(record.startNanos));
            out.string(2, Attributes.VERDICT);
            attributes.text(3, Attributes.VERDICT_RULE, verdict.rule());
            attributes.text(3, Attributes.VERDICT_OUTCOME, verdict.outcome());
            attributes.text(3, Attributes.VERDICT_WHY, verdict.reason());
            out.end(event);
        }
    }

    /** @param traceParent checked by whoever put it there */
    private void link(String traceParent) {
        int link = out.begin(13);
        out.id(1, Hex.read(traceParent, 3), Hex.read(traceParent, 19));
        out.id(2, Hex.read(traceParent, 36));
        out.end(link);
    }

    private void status(SpanRecord record) {
        int status = out.begin(15);
        String message = record.rare().message;
        if (message != null) out.string(2, AttributeWriter.cut(message));
        out.varint(3, STATUS_ERROR);
        out.end(status);
    }
}
