package dev.weir.instrumentation.jdbc;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.DeadlineTimer;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.SQLTimeoutException;
import org.jspecify.annotations.Nullable;

/** What the application gets when Weir ends or refuses a statement. */
final class SqlExceptions {

    // SQL leaves classes that begin with I to Z to whoever implements it. No pool knows this one, so none takes the
    // connection for broken (as it does with 08 and 57P), and no retry library takes the failure for a passing one
    // (as it does with 08, 40, 53 and 57).
    private static final String REFUSED = "WEIR1";
    // What the databases themselves say when a statement was cancelled. No pool takes it for a broken connection.
    private static final String CANCELLED = "57014";

    private SqlExceptions() {}

    static SQLException refused(Call.Denied denied) {
        return denied.timeout()
                ? new SQLTimeoutException(denied.message(), REFUSED)
                : new SQLNonTransientException(denied.message(), REFUSED);
    }

    /** @param thrown what the driver made of it; some return as if nothing had happened */
    static SQLException late(long limitMillis, @Nullable Throwable thrown) {
        return new SQLTimeoutException(
                "weir: the statement was cancelled, its deadline passed after " + limitMillis + " ms "
                        + DeadlineTimer.RULE,
                CANCELLED,
                thrown);
    }

    static @Nullable String state(@Nullable Throwable thrown) {
        return thrown instanceof SQLException failed ? failed.getSQLState() : null;
    }
}
