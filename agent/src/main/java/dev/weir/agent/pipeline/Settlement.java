package dev.weir.agent.pipeline;

import dev.weir.agent.rules.Rule;
import dev.weir.bootstrap.CallFacts;
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
            CallFacts.Kind kind, int status, @Nullable String code, @Nullable Throwable thrown, boolean keySent) {
        return switch (kind) {
            case HTTP_CLIENT, HTTP_SERVER -> http(status, thrown, keySent);
            case SQL -> sql(code, thrown);
            case FILE, RUN, TOOL, RETRY -> thrown == null ? SUCCEEDED : OPEN;
        };
    }

    private static Settlement http(int status, @Nullable Throwable thrown, boolean keySent) {
        if (thrown != null || status == 0) return OPEN;
        if (status == 408 || status == 425 || status == 429 || status >= 500) return OPEN;
        if (status == 409 && keySent) return OPEN;
        return status < 400 ? SUCCEEDED : FAILED;
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
    static Rule.Answer answer(CallFacts.Kind kind, int status, @Nullable String code, @Nullable Throwable thrown) {
        if (thrown instanceof CancellationException || thrown instanceof InterruptedException) return Rule.Answer.NONE;
        if (kind == CallFacts.Kind.HTTP_CLIENT) {
            if (status == 429) return Rule.Answer.PRESSED;
            if (thrown != null || status == 0 || status == 503 || status == 504) return Rule.Answer.UNANSWERED;
            return status >= 500 ? Rule.Answer.BAD : Rule.Answer.GOOD;
        }
        // A statement that lost against another (40) or is wrong says nothing against the database.
        boolean bad = thrown != null && sql(code, thrown) == OPEN && !(code != null && code.startsWith("40"));
        return bad ? Rule.Answer.BAD : Rule.Answer.GOOD;
    }
}
