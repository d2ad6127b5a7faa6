package dev.weir.agent.pipeline;

import dev.weir.agent.rules.Rule;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.GenAiFacts;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.bootstrap.McpFacts;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Whether an answer is definitive. What is not settled is what a retry is for. */
enum Settlement {
    /** Nobody knows, or the other side asks for another attempt. */
    OPEN,
    /** A definitive answer that is bad. */
    FAILED,
    /** A definitive answer that is good. */
    SUCCEEDED;

    /** @param keySent whether an idempotency key went along: then 409 means that the first attempt is still at work */
    static Settlement of(
            CallFacts facts, int status, @Nullable String code, @Nullable Throwable thrown, boolean keySent) {
        if (isRpc(facts)) return rpc(code);
        // A tool that says so has failed, though nothing was thrown.
        if (facts instanceof GenAiFacts && code != null) return OPEN;
        return switch (facts.kind()) {
            case HTTP_CLIENT, HTTP_SERVER -> http(status, thrown, keySent);
            case SQL -> sql(code, thrown);
            // What has a name was refused for good; anything else may have arrived all the same.
            case MESSAGE_SEND -> thrown == null ? SUCCEEDED : code != null ? FAILED : OPEN;
            case MESSAGE_RECEIVE -> thrown == null && code == null ? SUCCEEDED : OPEN;
            case MCP_CLIENT, MCP_SERVER -> mcp(code, thrown);
            case FILE, PROCESS, RUN, TOOL, RETRY, MODEL, MEMORY, SPAN -> thrown == null ? SUCCEEDED : OPEN;
        };
    }

    private static Settlement http(int status, @Nullable Throwable thrown, boolean keySent) {
        if (thrown != null || status == 0) return OPEN;
        if (status == 408 || status == 425 || status == 429 || status >= 500) return OPEN;
        if (status == 409 && keySent) return OPEN;
        return status < 400 ? SUCCEEDED : FAILED;
    }

    /** Source: JSON-RPC 2.0, section 5.1. What a tool itself says went wrong may go well the next time. */
    private static Settlement mcp(@Nullable String code, @Nullable Throwable thrown) {
        if (thrown != null) return OPEN;
        if (code == null) return SUCCEEDED;
        return switch (code) {
            case "-32700", "-32600", "-32601", "-32602" -> FAILED;
            default -> OPEN;
        };
    }

    private static boolean isRpc(CallFacts facts) {
        return facts instanceof HttpFacts http && http.rpcSystem() != null;
    }

    /** Source: gRPC's list of status codes. An end without a code is no answer. */
    private static Settlement rpc(@Nullable String code) {
        if (code == null) return OPEN;
        return switch (code) {
            case "OK" -> SUCCEEDED;
            case "CANCELLED",
                    "UNKNOWN",
                    "DEADLINE_EXCEEDED",
                    "RESOURCE_EXHAUSTED",
                    "ABORTED",
                    "INTERNAL",
                    "UNAVAILABLE",
                    "DATA_LOSS" -> OPEN;
            default -> FAILED;
        };
    }

    /** What a remote procedure call's end says of who was called. */
    private static Rule.Answer rpcAnswer(@Nullable String code) {
        if (code == null) return Rule.Answer.UNANSWERED;
        return switch (code) {
            // The caller itself gave up; a server that does so for a reason of its own says another code.
            case "CANCELLED" -> Rule.Answer.NONE;
            case "RESOURCE_EXHAUSTED" -> Rule.Answer.PRESSED;
            case "DEADLINE_EXCEEDED", "UNAVAILABLE" -> Rule.Answer.UNANSWERED;
            case "UNKNOWN", "INTERNAL", "DATA_LOSS" -> Rule.Answer.BAD;
            default -> Rule.Answer.GOOD;
        };
    }

    /**
     * Whether a person would call this end of an exchange an error. Source: OpenTelemetry's conventions for HTTP and for
     * gRPC: a client's every bad answer, a server's own failures only.
     */
    static boolean isError(CallFacts facts, int status, @Nullable String code) {
        if (facts instanceof McpFacts) return code != null;
        boolean client = facts.kind() == CallFacts.Kind.HTTP_CLIENT;
        if (!client && facts.kind() != CallFacts.Kind.HTTP_SERVER) return facts instanceof GenAiFacts && code != null;
        if (!isRpc(facts)) return status >= (client ? 400 : 500);
        if (code == null) return true;
        return switch (code) {
            case "OK" -> false;
            case "UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS" -> true;
            default -> client;
        };
    }

    /** Source: SQLSTATE classes 08 (connection), 40 (rollback), 57 (operator intervention, PostgreSQL). */
    private static Settlement sql(@Nullable String code, @Nullable Throwable thrown) {
        if (thrown == null) return SUCCEEDED;
        if (code != null && (code.startsWith("08") || code.startsWith("40") || code.startsWith("57"))) return OPEN;
        for (Class<?> type = thrown.getClass(); type != null; type = type.getSuperclass()) {
            // By name: java.sql is not there in every JVM.
            String name = type.getName();
            if (name.equals("java.sql.SQLTimeoutException") || name.equals("java.sql.SQLTransientException"))
                return OPEN;
        }
        return code == null ? OPEN : FAILED;
    }

    /** What an outcome says of the destination. */
    static Rule.Answer answer(CallFacts facts, int status, @Nullable String code, @Nullable Throwable thrown) {
        if (isRpc(facts)) return rpcAnswer(code);
        if (thrown instanceof CancellationException || thrown instanceof InterruptedException) return Rule.Answer.NONE;
        if (facts.kind() == CallFacts.Kind.HTTP_CLIENT) {
            if (status == 429) return Rule.Answer.PRESSED;
            if (thrown != null || status == 0 || status == 503 || status == 504) return Rule.Answer.UNANSWERED;
            return status >= 500 ? Rule.Answer.BAD : Rule.Answer.GOOD;
        }
        if (facts.kind() == CallFacts.Kind.MCP_CLIENT) {
            if (thrown != null) return Rule.Answer.UNANSWERED;
            return "-32603".equals(code) ? Rule.Answer.BAD : Rule.Answer.GOOD;
        }
        if (facts.kind() == CallFacts.Kind.MESSAGE_SEND) {
            return thrown != null && code == null ? Rule.Answer.UNANSWERED : Rule.Answer.GOOD;
        }
        // A statement that lost against another (40) or is wrong says nothing against the database.
        boolean bad = thrown != null && sql(code, thrown) == OPEN && !(code != null && code.startsWith("40"));
        return bad ? Rule.Answer.BAD : Rule.Answer.GOOD;
    }
}
