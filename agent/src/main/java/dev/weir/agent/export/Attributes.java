package dev.weir.agent.export;

/**
 * Names on spans. OpenTelemetry's stable conventions (v1.44.0) where there is one; the GenAI ones (v1.41.1) still move,
 * which is why all names stand in one place.
 */
final class Attributes {

    static final String HTTP_METHOD = "http.request.method";
    static final String HTTP_STATUS = "http.response.status_code";
    static final String HTTP_RESEND_COUNT = "http.request.resend_count";
    static final String URL_FULL = "url.full";
    static final String URL_PATH = "url.path";
    static final String URL_QUERY = "url.query";
    static final String URL_SCHEME = "url.scheme";
    static final String SERVER_ADDRESS = "server.address";
    static final String SERVER_PORT = "server.port";
    static final String CLIENT_ADDRESS = "client.address";
    static final String ERROR_TYPE = "error.type";

    // A release candidate, in v1.44.0 still.
    static final String RPC_SYSTEM = "rpc.system.name";
    static final String RPC_METHOD = "rpc.method";
    static final String RPC_STATUS = "rpc.response.status_code";

    static final String DB_SYSTEM = "db.system.name";
    static final String DB_NAMESPACE = "db.namespace";
    static final String DB_OPERATION = "db.operation.name";
    static final String DB_COLLECTION = "db.collection.name";
    static final String DB_SUMMARY = "db.query.summary";
    static final String DB_TEXT = "db.query.text";
    static final String DB_BATCH_SIZE = "db.operation.batch.size";
    static final String DB_STATUS = "db.response.status_code";

    static final String MESSAGING_SYSTEM = "messaging.system";
    static final String MESSAGING_DESTINATION = "messaging.destination.name";
    static final String MESSAGING_PARTITION = "messaging.destination.partition.id";
    static final String MESSAGING_OPERATION = "messaging.operation.name";
    static final String MESSAGING_TYPE = "messaging.operation.type";
    static final String MESSAGING_ID = "messaging.message.id";
    static final String MESSAGING_GROUP = "messaging.consumer.group.name";
    static final String KAFKA_OFFSET = "messaging.kafka.offset";

    static final String NETWORK_TRANSPORT = "network.transport";
    static final String JSONRPC_ID = "jsonrpc.request.id";
    static final String MCP_METHOD = "mcp.method.name";
    static final String MCP_SESSION = "mcp.session.id";
    static final String MCP_VERSION = "mcp.protocol.version";
    static final String MCP_RESOURCE = "mcp.resource.uri";

    // The conventions for command line programs: in development still.
    static final String PROCESS_EXECUTABLE = "process.executable.name";
    static final String PROCESS_ID = "process.pid";

    static final String FILE_PATH = "file.path";
    static final String GEN_AI_OPERATION = "gen_ai.operation.name";
    static final String GEN_AI_TOOL = "gen_ai.tool.name";
    static final String GEN_AI_PROMPT = "gen_ai.prompt.name";
    static final String GEN_AI_AGENT = "gen_ai.agent.name";
    static final String GEN_AI_CONVERSATION = "gen_ai.conversation.id";
    static final String GEN_AI_PROVIDER = "gen_ai.provider.name";
    static final String GEN_AI_MODEL = "gen_ai.request.model";
    static final String GEN_AI_RESPONSE_MODEL = "gen_ai.response.model";
    static final String GEN_AI_RESPONSE_ID = "gen_ai.response.id";
    static final String GEN_AI_FINISH_REASONS = "gen_ai.response.finish_reasons";
    static final String GEN_AI_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";
    static final String GEN_AI_INPUT_TOKENS = "gen_ai.usage.input_tokens";
    static final String GEN_AI_OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
    static final String GEN_AI_TOOL_CALL = "gen_ai.tool.call.id";
    static final String GEN_AI_TOOL_ARGUMENTS = "gen_ai.tool.call.arguments";
    static final String GEN_AI_TOOL_RESULT = "gen_ai.tool.call.result";
    static final String GEN_AI_INPUT = "gen_ai.input.messages";
    static final String GEN_AI_OUTPUT = "gen_ai.output.messages";
    // From the repository that the GenAI conventions moved to in May 2026.
    static final String GEN_AI_MEMORY = "gen_ai.memory.store.id";

    static final String EXCEPTION = "exception";
    static final String EXCEPTION_TYPE = "exception.type";
    static final String EXCEPTION_MESSAGE = "exception.message";

    // Where OTLP has scopes and this encoder has one for all.
    static final String SCOPE_NAME = "otel.scope.name";

    static final String OPERATION = "weir.operation.id";
    static final String ATTEMPT = "weir.attempt";
    static final String ATTEMPT_PATH = "weir.attempt.path";
    static final String ATTEMPT_LAYERS = "weir.attempt.layers";
    static final String RESENDS = "weir.resends";
    static final String REMAINING = "weir.deadline.remaining_ms";
    static final String OVERRUN = "weir.deadline.overrun_ms";
    static final String KEY = "weir.idempotency.key";
    static final String SESSION = "weir.session";
    static final String INSTRUMENTATION = "weir.instrumentation";
    static final String VERDICT = "weir.verdict";
    static final String VERDICT_RULE = "weir.verdict.rule";
    static final String VERDICT_OUTCOME = "weir.verdict.outcome";
    static final String VERDICT_WHY = "weir.verdict.reason";
    static final String VERDICT_PREFIX = "weir.verdict.";
    static final String VERDICT_REASON = ".reason";
    static final String AMPLIFICATION = "weir.amplification";
    static final String ATTEMPTS = "weir.attempts";
    static final String OPERATIONS = "weir.operations";
    static final String VERDICTS = "weir.verdicts";
    static final String FORGOTTEN = "weir.operations.forgotten";
    static final String FILE_ACTION = "weir.file.action";
    static final String FILE_TARGET = "weir.file.target";
    static final String FILE_BYTES = "weir.file.bytes_written";

    private Attributes() {}
}
