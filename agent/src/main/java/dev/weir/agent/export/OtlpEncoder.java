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
    private static final int LONGEST_TEXT = 4_096;
    /** A gRPC server takes 4 MiB unless it is told otherwise, and one record may be longer than others. */
    private static final int LONGEST_REQUEST = 3 * 1024 * 1024;

    private final EpochClock clock;
    private final ProtobufWriter out = new ProtobufWriter(64 * 1024);
    private final StringBuilder scratch = new StringBuilder(LONGEST_TEXT);
    private final byte[] resource;
    private final String version;
    private int encoded;

    OtlpEncoder(EpochClock clock, Map<String, Object> resource, String version) {
        this.clock = clock;
        this.version = version;
        ProtobufWriter writer = new ProtobufWriter(1_024);
        int message = writer.begin(1);
        ProtobufWriter inner = new ProtobufWriter(1_024);
        for (Map.Entry<String, Object> attribute : resource.entrySet()) {
            if (attribute.getValue() instanceof Long number) number(inner, 1, attribute.getKey(), number);
            else text(inner, 1, attribute.getKey(), String.valueOf(attribute.getValue()));
        }
        writer.raw(inner.array(), inner.size());
        writer.end(message);
        this.resource = Arrays.copyOf(writer.array(), writer.size());
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
            case RUN, TOOL, RETRY -> scope(record);
        }
        weir(record);
        events(record);
        if (record.linked != null) link(record.linked);
        if (record.error) status(record);
        out.endLong(span);
    }

    private static int kind(SpanRecord record) {
        return switch (record.kind) {
            case HTTP_CLIENT, SQL -> KIND_CLIENT;
            case HTTP_SERVER -> KIND_SERVER;
            case MESSAGE_SEND -> KIND_PRODUCER;
            case MESSAGE_RECEIVE -> KIND_CONSUMER;
            default -> KIND_INTERNAL;
        };
    }

    private void httpClient(SpanRecord record) {
        text(Attributes.HTTP_METHOD, record.subject);
        text(Attributes.SERVER_ADDRESS, record.target);
        number(Attributes.SERVER_PORT, record.port);
        text(Attributes.URL_FULL, UrlText.full(record, emptied()));
        if (record.attempt > 1) number(Attributes.HTTP_RESEND_COUNT, record.attempt - 1L);
        httpOutcome(record);
    }

    private void httpServer(SpanRecord record) {
        text(Attributes.HTTP_METHOD, record.subject);
        text(Attributes.URL_SCHEME, record.scheme);
        if (record.path != null) text(Attributes.URL_PATH, record.path);
        if (record.query != null) text(Attributes.URL_QUERY, UrlText.query(record.query));
        if (!record.target.isEmpty()) {
            text(Attributes.SERVER_ADDRESS, record.target);
            number(Attributes.SERVER_PORT, record.port);
        }
        if (record.peer != null) text(Attributes.CLIENT_ADDRESS, record.peer);
        httpOutcome(record);
    }

    private void rpc(SpanRecord record, String system) {
        text(Attributes.RPC_SYSTEM, system);
        text(Attributes.RPC_METHOD, SpanNames.rpcMethod(record));
        if (!record.target.isEmpty()) {
            text(Attributes.SERVER_ADDRESS, record.target);
            number(Attributes.SERVER_PORT, record.port);
        }
        if (record.peer != null) text(Attributes.CLIENT_ADDRESS, record.peer);
        // A refused call has a code of ours, which is none of the system's.
        if (record.code != null && !record.code.startsWith("weir.")) text(Attributes.RPC_STATUS, record.code);
        if (record.error && record.code != null) text(Attributes.ERROR_TYPE, record.code);
        else failure(record);
    }

    private void httpOutcome(SpanRecord record) {
        if (record.status > 0) number(Attributes.HTTP_STATUS, record.status);
        if (!record.error) return;
        if (record.thrown != null) text(Attributes.ERROR_TYPE, record.thrown);
        else text(Attributes.ERROR_TYPE, record.code != null ? record.code : Integer.toString(record.status));
    }

    private void sql(SpanRecord record) {
        JdbcUrl url = JdbcUrl.of(record.target);
        text(Attributes.DB_SYSTEM, url.system());
        if (!url.host().isEmpty()) text(Attributes.SERVER_ADDRESS, url.host());
        if (url.port() > 0) number(Attributes.SERVER_PORT, url.port());
        if (!url.database().isEmpty()) text(Attributes.DB_NAMESPACE, url.database());
        SqlSummary statement = SqlSummary.of(record.subject, Dialect.of(record.target));
        if (!statement.operation().isEmpty()) text(Attributes.DB_OPERATION, statement.operation());
        if (!statement.table().isEmpty()) text(Attributes.DB_COLLECTION, statement.table());
        text(Attributes.DB_SUMMARY, SpanNames.of(statement, emptied()));
        text(Attributes.DB_TEXT, statement.sanitised());
        if (record.size > 1) number(Attributes.DB_BATCH_SIZE, record.size);
        if (record.code != null) text(Attributes.DB_STATUS, record.code);
        failure(record);
    }

    private void file(SpanRecord record) {
        text(Attributes.FILE_PATH, record.target);
        text(Attributes.FILE_ACTION, SpanNames.lowerCase(record.subject));
        if (record.path != null) text(Attributes.FILE_TARGET, record.path);
        if (record.size >= 0) number(Attributes.FILE_BYTES, record.size);
        failure(record);
    }

    private void message(SpanRecord record) {
        text(Attributes.MESSAGING_SYSTEM, record.scheme);
        text(Attributes.MESSAGING_OPERATION, record.subject);
        text(Attributes.MESSAGING_TYPE, record.subject);
        if (!record.target.isEmpty()) text(Attributes.MESSAGING_DESTINATION, record.target);
        if (record.path != null) text(Attributes.MESSAGING_ID, record.path);
        if (record.consumer != null) text(Attributes.MESSAGING_GROUP, record.consumer);
        if (record.partition >= 0) text(Attributes.MESSAGING_PARTITION, Integer.toString(record.partition));
        if (record.size >= 0) number(Attributes.KAFKA_OFFSET, record.size);
        if (record.peer != null && !record.peer.isEmpty()) {
            text(Attributes.SERVER_ADDRESS, record.peer);
            if (record.port > 0) number(Attributes.SERVER_PORT, record.port);
        }
        failure(record);
    }

    private void scope(SpanRecord record) {
        switch (record.kind) {
            case TOOL -> {
                text(Attributes.GEN_AI_OPERATION, "execute_tool");
                text(Attributes.GEN_AI_TOOL, record.target);
            }
            case RUN -> {
                text(Attributes.GEN_AI_OPERATION, "invoke_agent");
                text(Attributes.GEN_AI_AGENT, record.target);
            }
            default -> {}
        }
        failure(record);
    }

    private void failure(SpanRecord record) {
        if (!record.error) return;
        if (record.thrown != null) text(Attributes.ERROR_TYPE, record.thrown);
        else if (record.code != null) text(Attributes.ERROR_TYPE, record.code);
    }

    private void weir(SpanRecord record) {
        operation(record);
        number(Attributes.ATTEMPT, record.attempt);
        if (!record.attemptPath.isEmpty()) text(Attributes.ATTEMPT_PATH, record.attemptPath);
        if (record.layers != null) text(Attributes.ATTEMPT_LAYERS, record.layers);
        text(Attributes.INSTRUMENTATION, record.instrumentation);
        if (record.resends > 0) number(Attributes.RESENDS, record.resends);
        if (record.remainingMillis != Long.MAX_VALUE) number(Attributes.REMAINING, record.remainingMillis);
        if (record.overrunMillis > 0) number(Attributes.OVERRUN, record.overrunMillis);
        if (record.idempotencyKey != null) text(Attributes.KEY, record.idempotencyKey);
        if (record.session != null) {
            text(Attributes.SESSION, record.session);
            text(Attributes.GEN_AI_CONVERSATION, record.session);
        }
        if (record.verdicts != null) {
            for (SpanRecord.Verdict verdict : record.verdicts) {
                text(Attributes.VERDICT_PREFIX + verdict.rule(), verdict.outcome());
                text(Attributes.VERDICT_PREFIX + verdict.rule() + Attributes.VERDICT_REASON, verdict.reason());
            }
        }
        if (record.root) {
            number(Attributes.AMPLIFICATION, record.amplification);
            number(Attributes.ATTEMPTS, record.attempts);
            number(Attributes.OPERATIONS, record.operations);
            number(Attributes.VERDICTS, record.verdictCount);
            if (record.forgotten > 0) number(Attributes.FORGOTTEN, record.forgotten);
        }
    }

    private void operation(SpanRecord record) {
        int attribute = out.begin(9);
        out.string(1, Attributes.OPERATION);
        int any = out.begin(2);
        out.hex(1, record.operationHigh, record.operationLow);
        out.end(any);
        out.end(attribute);
    }

    private void events(SpanRecord record) {
        if (record.thrown != null) {
            int event = out.begin(11);
            out.fixed64(1, clock.epochNanos(record.endNanos));
            out.string(2, Attributes.EXCEPTION);
            text(out, 3, Attributes.EXCEPTION_TYPE, record.thrown);
            if (record.message != null) text(out, 3, Attributes.EXCEPTION_MESSAGE, record.message);
            out.end(event);
        }
        if (record.verdicts == null) return;
        for (SpanRecord.Verdict verdict : record.verdicts) {
            int event = out.begin(11);
            out.fixed64(1, clock.epochNanos(record.startNanos));
            out.string(2, Attributes.VERDICT);
            text(out, 3, Attributes.VERDICT + ".rule", verdict.rule());
            text(out, 3, Attributes.VERDICT + ".outcome", verdict.outcome());
            text(out, 3, Attributes.VERDICT + Attributes.VERDICT_REASON, verdict.reason());
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
        if (record.message != null) out.string(2, cut(record.message));
        out.varint(3, STATUS_ERROR);
        out.end(status);
    }

    /** Where texts are put together that only the encoder needs. */
    private StringBuilder emptied() {
        scratch.setLength(0);
        return scratch;
    }

    private void text(String name, CharSequence value) {
        text(out, 9, name, value);
    }

    private void number(String name, long value) {
        number(out, 9, name, value);
    }

    private static void text(ProtobufWriter to, int field, String name, CharSequence value) {
        int attribute = to.begin(field);
        to.string(1, name);
        int any = to.begin(2);
        to.string(1, cut(value));
        to.end(any);
        to.end(attribute);
    }

    private static void number(ProtobufWriter to, int field, String name, long value) {
        int attribute = to.begin(field);
        to.string(1, name);
        int any = to.begin(2);
        to.varint(3, value);
        to.end(any);
        to.end(attribute);
    }

    private static CharSequence cut(CharSequence text) {
        return text.length() <= LONGEST_TEXT ? text : text.subSequence(0, LONGEST_TEXT);
    }
}
