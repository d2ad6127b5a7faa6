package dev.weir.agent.export;

import dev.weir.agent.sql.Dialect;
import dev.weir.agent.sql.SqlSummary;
import java.util.Locale;

/** Names of spans: few different ones, as the conventions ask. */
final class SpanNames {

    private SpanNames() {}

    static String of(SpanRecord record) {
        return switch (record.kind) {
            case HTTP_CLIENT, HTTP_SERVER -> record.subject;
            case SQL -> of(SqlSummary.of(record.subject, Dialect.of(record.target)));
            case FILE -> "file " + record.subject.toLowerCase(Locale.ROOT);
            case TOOL -> "execute_tool " + record.target;
            case RUN -> "invoke_agent " + record.target;
            case RETRY -> "retry " + record.target;
        };
    }

    /** Verb and main table, such as {@code INSERT orders}. */
    static String of(SqlSummary statement) {
        if (statement.operation().isEmpty()) return "SQL";
        return statement.table().isEmpty() ? statement.operation() : statement.operation() + " " + statement.table();
    }
}
