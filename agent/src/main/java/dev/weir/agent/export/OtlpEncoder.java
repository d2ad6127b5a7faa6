package dev.weir.agent.export;

import dev.weir.agent.context.Hex;
import dev.weir.agent.sql.Dialect;
import dev.weir.agent.sql.SqlSummary;
import dev.weir.bootstrap.CallFacts;
import java.util.Arrays;
import java.util.List;
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
    private final GenAiAttributes genAi;
    private final ApplicationSpanFields applicationSpans;
    private final StringBuilder scratch = new StringBuilder(4_096);
    private final byte[] resource;
    private final String version;
    private int encoded;

    OtlpEncoder(EpochClock clock, Map<String, Object> resource, String version, Redaction redaction) {
        this.clock = clock;
        this.genAi = new GenAiAttributes(attributes, redaction);
        this.applicationSpans = new ApplicationSpanFields(clock, out, attributes, redaction);
        this.version = version;
        ProtobufWriter writer = new ProtobufWriter(1_024);
        resource(writer, resource);
        this.resource = Arrays.copyOf(writer.array(), writer.size());
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

    /**
     * Encodes as many records as a receiver takes in one request; {@link #encoded} says how many. The writer's array is
     * valid until the next call.
     */
    ProtobufWriter encode(List<SpanRecord> records) {
        out.clear();
        int resourceSpans = out.beginLong(1);
        out.raw(resource, resource.length);
        int scopeSpans = out.beginLong(2);
        int scope = out.begin(1);
        out.string(1, "dev.weir");
        out.string(2, version);
        out.end(scope);
        encoded = 0;
        while (encoded < records.size() && out.size() < LONGEST_REQUEST) span(records.get(encoded++));
        out.endLong(scopeSpans);
        out.endLong(resourceSpans);
        return out;
    }

    /** How many records the last request holds. */
    int encoded() {
        return encoded;
    }

    private void span(SpanRecord record) {
        int span = out.beginLong(2);
        out.id(1, record.traceHigh, record.traceLow);
        out.id(2, record.spanId);
        if (record.traceState != null) out.string(3, record.traceState);
        if (record.parentSpanId != 0) out.id(4, record.parentSpanId);
        out.string(5, SpanNames.of(record, emptied()));
        out.varint(6, kind(record));
        out.fixed64(7, clock.epochNanos(record.startNanos));
        out.fixed64(8, clock.epochNanos(record.endNanos));
        switch (record.kind) {
            case HTTP_CLIENT, HTTP_SERVER -> {
                if (record.rpcSystem != null) rpc(record, record.rpcSystem);
                else if (record.kind == CallFacts.Kind.HTTP_CLIENT) httpClient(record);
                else httpServer(record);
            }
            case SQL -> sql(record);
            case FILE -> file(record);
            case MESSAGE_SEND, MESSAGE_RECEIVE -> message(record);
            case PROCESS -> process(record);
            case MCP_CLIENT, MCP_SERVER -> mcp(record);
            case RUN, TOOL, RETRY, MODEL, MEMORY -> scope(record);
            case SPAN -> {
                if (record.application != null) applicationSpans.attributes(record, record.application);
            }
        }
        if (record.application == null) {
            WeirAttributes.write(record, attributes);
            events(record);
        } else {
            applicationSpans.events(record, record.application);
            applicationSpans.links(record.application);
            applicationSpans.status(record.application);
        }
        if (record.linked != null) link(record.linked);
        if (record.error) status(record);
        out.endLong(span);
    }

    private static int kind(SpanRecord record) {
        if (record.application != null) return record.application.kind;
        return switch (record.kind) {
            case HTTP_CLIENT, SQL, MODEL, MEMORY, PROCESS, MCP_CLIENT -> KIND_CLIENT;
            case HTTP_SERVER, MCP_SERVER -> KIND_SERVER;
            case MESSAGE_SEND -> KIND_PRODUCER;
            case MESSAGE_RECEIVE -> KIND_CONSUMER;
            default -> KIND_INTERNAL;
        };
    }

    private void httpClient(SpanRecord record) {
        attributes.text(Attributes.HTTP_METHOD, record.subject);
        attributes.text(Attributes.SERVER_ADDRESS, record.target);
        attributes.number(Attributes.SERVER_PORT, record.port);
        attributes.text(Attributes.URL_FULL, UrlText.full(record, emptied()));
        if (record.attempt > 1) attributes.number(Attributes.HTTP_RESEND_COUNT, record.attempt - 1L);
        httpOutcome(record);
    }

    private void httpServer(SpanRecord record) {
        attributes.text(Attributes.HTTP_METHOD, record.subject);
        attributes.text(Attributes.URL_SCHEME, record.scheme);
        if (record.path != null) attributes.text(Attributes.URL_PATH, record.path);
        if (record.query != null) attributes.text(Attributes.URL_QUERY, UrlText.query(record.query));
        if (!record.target.isEmpty()) {
            attributes.text(Attributes.SERVER_ADDRESS, record.target);
            attributes.number(Attributes.SERVER_PORT, record.port);
        }
        if (record.peer != null) attributes.text(Attributes.CLIENT_ADDRESS, record.peer);
        httpOutcome(record);
    }

    private void rpc(SpanRecord record, String system) {
        attributes.text(Attributes.RPC_SYSTEM, system);
        attributes.text(Attributes.RPC_METHOD, SpanNames.rpcMethod(record));
        if (!record.target.isEmpty()) {
            attributes.text(Attributes.SERVER_ADDRESS, record.target);
            attributes.number(Attributes.SERVER_PORT, record.port);
        }
        if (record.peer != null) attributes.text(Attributes.CLIENT_ADDRESS, record.peer);
        // A refused call has a code of ours, which is none of the system's.
        if (record.code != null && !record.code.startsWith("weir."))
            attributes.text(Attributes.RPC_STATUS, record.code);
        if (record.error && record.code != null) attributes.text(Attributes.ERROR_TYPE, record.code);
        else failure(record);
    }

    private void httpOutcome(SpanRecord record) {
        if (record.status > 0) attributes.number(Attributes.HTTP_STATUS, record.status);
        if (!record.error) return;
        if (record.thrown != null) attributes.text(Attributes.ERROR_TYPE, record.thrown);
        else
            attributes.text(Attributes.ERROR_TYPE, record.code != null ? record.code : Integer.toString(record.status));
    }

    private void sql(SpanRecord record) {
        JdbcUrl url = JdbcUrl.of(record.target);
        attributes.text(Attributes.DB_SYSTEM, url.system());
        if (!url.host().isEmpty()) attributes.text(Attributes.SERVER_ADDRESS, url.host());
        if (url.port() > 0) attributes.number(Attributes.SERVER_PORT, url.port());
        if (!url.database().isEmpty()) attributes.text(Attributes.DB_NAMESPACE, url.database());
        SqlSummary statement = SqlSummary.of(record.subject, Dialect.of(record.target));
        if (!statement.operation().isEmpty()) attributes.text(Attributes.DB_OPERATION, statement.operation());
        if (!statement.table().isEmpty()) attributes.text(Attributes.DB_COLLECTION, statement.table());
        attributes.text(Attributes.DB_SUMMARY, SpanNames.of(statement, emptied()));
        attributes.text(Attributes.DB_TEXT, statement.sanitised());
        if (record.size > 1) attributes.number(Attributes.DB_BATCH_SIZE, record.size);
        if (record.code != null) attributes.text(Attributes.DB_STATUS, record.code);
        failure(record);
    }

    private void file(SpanRecord record) {
        attributes.text(Attributes.FILE_PATH, record.target);
        attributes.text(Attributes.FILE_ACTION, SpanNames.lowerCase(record.subject));
        if (record.path != null) attributes.text(Attributes.FILE_TARGET, record.path);
        if (record.size >= 0) attributes.number(Attributes.FILE_BYTES, record.size);
        failure(record);
    }

    private void message(SpanRecord record) {
        attributes.text(Attributes.MESSAGING_SYSTEM, record.scheme);
        attributes.text(Attributes.MESSAGING_OPERATION, record.subject);
        attributes.text(Attributes.MESSAGING_TYPE, record.subject);
        if (!record.target.isEmpty()) attributes.text(Attributes.MESSAGING_DESTINATION, record.target);
        if (record.path != null) attributes.text(Attributes.MESSAGING_ID, record.path);
        if (record.consumer != null) attributes.text(Attributes.MESSAGING_GROUP, record.consumer);
        if (record.partition >= 0) attributes.text(Attributes.MESSAGING_PARTITION, Integer.toString(record.partition));
        if (record.size >= 0) attributes.number(Attributes.KAFKA_OFFSET, record.size);
        if (record.peer != null && !record.peer.isEmpty()) {
            attributes.text(Attributes.SERVER_ADDRESS, record.peer);
            if (record.port > 0) attributes.number(Attributes.SERVER_PORT, record.port);
        }
        failure(record);
    }

    private void process(SpanRecord record) {
        attributes.text(Attributes.PROCESS_EXECUTABLE, record.target);
        if (record.size > 0) attributes.number(Attributes.PROCESS_ID, record.size);
        failure(record);
    }

    private void mcp(SpanRecord record) {
        attributes.text(Attributes.MCP_METHOD, record.subject);
        if (record.subject.equals("tools/call")) attributes.text(Attributes.GEN_AI_OPERATION, "execute_tool");
        if (!record.target.isEmpty()) {
            boolean prompt = record.subject.startsWith("prompts/");
            attributes.text(prompt ? Attributes.GEN_AI_PROMPT : Attributes.GEN_AI_TOOL, record.target);
        }
        McpRecord mcp = record.mcp;
        if (mcp != null) {
            if (mcp.transport() != null) attributes.text(Attributes.NETWORK_TRANSPORT, mcp.transport());
            if (mcp.requestId() != null) attributes.text(Attributes.JSONRPC_ID, mcp.requestId());
            if (mcp.sessionId() != null) attributes.text(Attributes.MCP_SESSION, mcp.sessionId());
            if (mcp.protocolVersion() != null) attributes.text(Attributes.MCP_VERSION, mcp.protocolVersion());
            if (mcp.resource() != null) attributes.text(Attributes.MCP_RESOURCE, mcp.resource());
        }
        if (record.peer != null && !record.peer.isEmpty()) {
            attributes.text(Attributes.SERVER_ADDRESS, record.peer);
            if (record.port > 0) attributes.number(Attributes.SERVER_PORT, record.port);
        }
        if (record.code != null && record.code.startsWith("-")) attributes.text(Attributes.RPC_STATUS, record.code);
        failure(record);
    }

    private void scope(SpanRecord record) {
        if (record.genAi == null) genAi.writeDeclared(record);
        else genAi.write(record, record.genAi);
        failure(record);
    }

    private void failure(SpanRecord record) {
        if (!record.error) return;
        if (record.thrown != null) attributes.text(Attributes.ERROR_TYPE, record.thrown);
        else if (record.code != null) attributes.text(Attributes.ERROR_TYPE, record.code);
    }

    private void events(SpanRecord record) {
        if (record.thrown != null) {
            int event = out.begin(11);
            out.fixed64(1, clock.epochNanos(record.endNanos));
            out.string(2, Attributes.EXCEPTION);
            attributes.text(3, Attributes.EXCEPTION_TYPE, record.thrown);
            if (record.message != null) attributes.text(3, Attributes.EXCEPTION_MESSAGE, record.message);
            out.end(event);
        }
        if (record.verdicts == null) return;
        for (SpanRecord.Verdict verdict : record.verdicts) {
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
        if (record.message != null) out.string(2, AttributeWriter.cut(record.message));
        out.varint(3, STATUS_ERROR);
        out.end(status);
    }

    /** Where texts are put together that only the encoder needs. */
    private StringBuilder emptied() {
        scratch.setLength(0);
        return scratch;
    }
}
