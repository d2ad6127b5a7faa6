package dev.weir.agent.export;

import dev.weir.agent.sql.Dialect;
import dev.weir.agent.sql.SqlSummary;
import dev.weir.bootstrap.CallFacts;

/** Says of a call what anybody would say of it, in the words of OpenTelemetry's conventions. */
final class CallAttributes {

    private final AttributeTarget attributes;
    private final GenAiAttributes genAi;
    private final StringBuilder scratch = new StringBuilder(256);

    CallAttributes(AttributeTarget attributes, Redaction redaction) {
        this.attributes = attributes;
        this.genAi = new GenAiAttributes(attributes, redaction);
    }

    void write(SpanRecord record) {
        request(record);
        outcome(record);
    }

    /**
     * What was asked for. Of an HTTP call, a statement and a file, all of it is said by the record's instrumentation,
     * subject, scheme, target, port, path and query, see {@link KnownRequests}.
     */
    void request(SpanRecord record) {
        switch (record.kind) {
            case HTTP_CLIENT, HTTP_SERVER -> {
                String rpcSystem = record.rare().rpcSystem;
                if (rpcSystem != null) rpc(record, rpcSystem);
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
                // The application has said all that there is.
            }
        }
    }

    /** What came of it. */
    void outcome(SpanRecord record) {
        switch (record.kind) {
            case HTTP_CLIENT, HTTP_SERVER -> {
                if (record.rare().rpcSystem != null) rpcOutcome(record);
                else httpOutcome(record);
            }
            case SQL -> {
                if (record.size > 1) attributes.number(Attributes.DB_BATCH_SIZE, record.size);
                String code = record.rare().code;
                if (code != null) attributes.text(Attributes.DB_STATUS, code);
                failure(record);
            }
            case FILE -> {
                if (record.size >= 0) attributes.number(Attributes.FILE_BYTES, record.size);
                failure(record);
            }
            case SPAN -> {
                // The application has said all that there is.
            }
            default -> failure(record);
        }
    }

    private void httpClient(SpanRecord record) {
        attributes.text(Attributes.HTTP_METHOD, record.subject);
        attributes.text(Attributes.SERVER_ADDRESS, record.target);
        attributes.number(Attributes.SERVER_PORT, record.port);
        attributes.text(Attributes.URL_FULL, UrlText.full(record, emptied()));
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
        String peer = record.rare().peer;
        if (peer != null) attributes.text(Attributes.CLIENT_ADDRESS, peer);
    }

    private void rpc(SpanRecord record, String system) {
        attributes.text(Attributes.RPC_SYSTEM, system);
        attributes.text(Attributes.RPC_METHOD, SpanNames.rpcMethod(record));
        if (!record.target.isEmpty()) {
            attributes.text(Attributes.SERVER_ADDRESS, record.target);
            attributes.number(Attributes.SERVER_PORT, record.port);
        }
        String peer = record.rare().peer;
        if (peer != null) attributes.text(Attributes.CLIENT_ADDRESS, peer);
    }

    private void rpcOutcome(SpanRecord record) {
        // A refused call has a code of ours, which is none of the system's.
        String code = record.rare().code;
        if (code != null && !code.startsWith("weir.")) attributes.text(Attributes.RPC_STATUS, code);
        if (record.error && code != null) attributes.text(Attributes.ERROR_TYPE, code);
        else failure(record);
    }

    private void httpOutcome(SpanRecord record) {
        if (record.kind == CallFacts.Kind.HTTP_CLIENT && record.attempt > 1) {
            attributes.number(Attributes.HTTP_RESEND_COUNT, record.attempt - 1L);
        }
        if (record.status > 0) attributes.number(Attributes.HTTP_STATUS, record.status);
        if (!record.error) return;
        String thrown = record.rare().thrown;
        String code = record.rare().code;
        if (thrown != null) attributes.text(Attributes.ERROR_TYPE, thrown);
        else attributes.text(Attributes.ERROR_TYPE, code != null ? code : Integer.toString(record.status));
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
    }

    private void file(SpanRecord record) {
        attributes.text(Attributes.FILE_PATH, record.target);
        attributes.text(Attributes.FILE_ACTION, SpanNames.lowerCase(record.subject));
        if (record.path != null) attributes.text(Attributes.FILE_TARGET, record.path);
    }

    private void message(SpanRecord record) {
        attributes.text(Attributes.MESSAGING_SYSTEM, record.scheme);
        attributes.text(Attributes.MESSAGING_OPERATION, record.subject);
        attributes.text(Attributes.MESSAGING_TYPE, record.subject);
        if (!record.target.isEmpty()) attributes.text(Attributes.MESSAGING_DESTINATION, record.target);
        if (record.path != null) attributes.text(Attributes.MESSAGING_ID, record.path);
        SpanRecord.Rare rare = record.rare();
        if (rare.consumer != null) attributes.text(Attributes.MESSAGING_GROUP, rare.consumer);
        if (rare.partition >= 0) attributes.text(Attributes.MESSAGING_PARTITION, Integer.toString(rare.partition));
        if (record.size >= 0) attributes.number(Attributes.KAFKA_OFFSET, record.size);
        String peer = record.rare().peer;
        if (peer != null && !peer.isEmpty()) {
            attributes.text(Attributes.SERVER_ADDRESS, peer);
            if (record.port > 0) attributes.number(Attributes.SERVER_PORT, record.port);
        }
    }

    private void process(SpanRecord record) {
        attributes.text(Attributes.PROCESS_EXECUTABLE, record.target);
        if (record.size > 0) attributes.number(Attributes.PROCESS_ID, record.size);
    }

    private void mcp(SpanRecord record) {
        attributes.text(Attributes.MCP_METHOD, record.subject);
        if (record.subject.equals("tools/call")) attributes.text(Attributes.GEN_AI_OPERATION, "execute_tool");
        if (!record.target.isEmpty()) {
            boolean prompt = record.subject.startsWith("prompts/");
            attributes.text(prompt ? Attributes.GEN_AI_PROMPT : Attributes.GEN_AI_TOOL, record.target);
        }
        McpRecord mcp = record.rare().mcp;
        if (mcp != null) {
            if (mcp.transport() != null) attributes.text(Attributes.NETWORK_TRANSPORT, mcp.transport());
            if (mcp.requestId() != null) attributes.text(Attributes.JSONRPC_ID, mcp.requestId());
            if (mcp.sessionId() != null) attributes.text(Attributes.MCP_SESSION, mcp.sessionId());
            if (mcp.protocolVersion() != null) attributes.text(Attributes.MCP_VERSION, mcp.protocolVersion());
            if (mcp.resource() != null) attributes.text(Attributes.MCP_RESOURCE, mcp.resource());
        }
        String peer = record.rare().peer;
        if (peer != null && !peer.isEmpty()) {
            attributes.text(Attributes.SERVER_ADDRESS, peer);
            if (record.port > 0) attributes.number(Attributes.SERVER_PORT, record.port);
        }
        String code = record.rare().code;
        if (code != null && code.startsWith("-")) attributes.text(Attributes.RPC_STATUS, code);
    }

    private void scope(SpanRecord record) {
        GenAiRecord declared = record.rare().genAi;
        if (declared == null) genAi.writeDeclared(record);
        else genAi.write(record, declared);
    }

    private void failure(SpanRecord record) {
        if (!record.error) return;
        SpanRecord.Rare rare = record.rare();
        if (rare.thrown != null) attributes.text(Attributes.ERROR_TYPE, rare.thrown);
        else if (rare.code != null) attributes.text(Attributes.ERROR_TYPE, rare.code);
    }

    /** Where texts are put together that nobody else needs. */
    StringBuilder emptied() {
        scratch.setLength(0);
        return scratch;
    }
}
