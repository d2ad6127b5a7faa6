package dev.weir.agent.export;

import java.util.Locale;

/** Names of spans: few different ones, as the conventions ask. */
final class SpanNames {

    private SpanNames() {}

    static String of(SpanRecord record) {
        return switch (record.kind) {
            case HTTP_CLIENT, HTTP_SERVER -> record.subject;
            case SQL -> SqlText.of(record.subject).summary();
            case FILE -> "file " + record.subject.toLowerCase(Locale.ROOT);
            case TOOL -> "execute_tool " + record.target;
            case RUN -> "invoke_agent " + record.target;
            case RETRY -> "retry " + record.target;
        };
    }
}
