package dev.weir.agent.export;

import dev.weir.agent.sql.Dialect;
import dev.weir.agent.sql.SqlSummary;
import dev.weir.bootstrap.CallFacts;
import java.util.Locale;

/** Names of spans: few different ones, as the conventions ask. Appended to a text that the encoder uses again. */
final class SpanNames {

    private SpanNames() {}

    static CharSequence of(SpanRecord record, StringBuilder to) {
        return switch (record.kind) {
            case HTTP_CLIENT, HTTP_SERVER -> record.rare().rpcSystem == null ? record.subject : rpcMethod(record);
            case SQL -> of(SqlSummary.of(record.subject, Dialect.of(record.target)), to);
            case FILE -> to.append("file ").append(lowerCase(record.subject));
            case TOOL, RUN, MODEL, MEMORY -> {
                to.append(genAi(record));
                yield record.target.isEmpty() ? to : to.append(' ').append(record.target);
            }
            case MESSAGE_SEND, MESSAGE_RECEIVE, MCP_CLIENT, MCP_SERVER ->
                record.target.isEmpty()
                        ? record.subject
                        : to.append(record.subject).append(' ').append(record.target);
            case PROCESS -> record.target.isEmpty() ? "process" : record.target;
            case SPAN -> record.subject;
            case RETRY -> to.append("retry ").append(record.target);
        };
    }

    private static String genAi(SpanRecord record) {
        GenAiRecord genAi = record.rare().genAi;
        if (genAi != null) return genAi.operation;
        return record.kind == CallFacts.Kind.TOOL ? "execute_tool" : "invoke_agent";
    }

    /** What is called, such as {@code package.Service/Method}. */
    static CharSequence rpcMethod(SpanRecord record) {
        String path = record.path;
        return path == null || path.length() < 2 ? "_OTHER" : path.substring(1);
    }

    /** Verb and main table, such as {@code INSERT orders}. */
    static CharSequence of(SqlSummary statement, StringBuilder to) {
        if (statement.operation().isEmpty()) return "SQL";
        if (statement.table().isEmpty()) return statement.operation();
        return to.append(statement.operation()).append(' ').append(statement.table());
    }

    /** What is done to a file, in lower case. */
    static String lowerCase(String action) {
        return switch (action) {
            case "READ" -> "read";
            case "WRITE" -> "write";
            case "APPEND" -> "append";
            case "UPDATE" -> "update";
            default -> action.toLowerCase(Locale.ROOT);
        };
    }
}
