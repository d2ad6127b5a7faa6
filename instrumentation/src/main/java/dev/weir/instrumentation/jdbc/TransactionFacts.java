package dev.weir.instrumentation.jdbc;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.SqlFacts;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The begin or the end of a transaction. */
final class TransactionFacts extends SqlFacts {

    private final ConnectionState connection;
    private final boolean refusable;

    private TransactionFacts(String text, ConnectionState connection, boolean refusable) {
        super("jdbc", text);
        this.connection = connection;
        this.refusable = refusable;
    }

    @Override
    public String url() {
        return connection.url();
    }

    static @Nullable Call begin(Connection connection, String text, boolean refusable) {
        if (!Hooks.follows(Kind.SQL) || Nesting.isQuiet()) return null;
        return Hooks.begin(new TransactionFacts(text, ConnectionState.of(connection), refusable));
    }

    /** A rollback while every statement commits itself undoes nothing: pools make them to be sure. */
    static @Nullable Call beginRollback(Connection connection) {
        if (!Hooks.follows(Kind.SQL) || Nesting.isQuiet() || isAutomatic(connection)) return null;
        return begin(connection, "ROLLBACK", false);
    }

    /**
     * The application changes the mode of the connection. To turn automatic commits off begins a transaction, to turn
     * them on ends it.
     *
     * @return the call; or an {@link Integer} to end the quiet with, when there is nothing to commit; else {@code null}
     */
    static @Nullable Object beginMode(Connection connection, boolean automatic) {
        if (!Hooks.follows(Kind.SQL) || Nesting.isQuiet() || isAutomatic(connection) == automatic) return null;
        ConnectionState state = ConnectionState.of(connection);
        if (automatic && !state.used()) return Nesting.begin(Nesting.QUIET);
        if (!automatic) state.used(false);
        return Hooks.begin(new TransactionFacts(automatic ? "COMMIT" : "BEGIN", state, false));
    }

    private static boolean isAutomatic(Connection connection) {
        try {
            return connection.getAutoCommit();
        } catch (SQLException e) {
            return true;
        }
    }

    static @Nullable Throwable end(@Nullable Call call, @Nullable Throwable thrown) {
        if (call instanceof Call.Denied denied) return SqlExceptions.refused(denied);
        if (call == null || !(call.facts() instanceof TransactionFacts facts)) return null;
        if (thrown == null) facts.connection.used(false);
        Hooks.end(call, 0, SqlExceptions.state(thrown), thrown);
        return null;
    }

    @Override
    public @Nullable String user() {
        return connection.user();
    }

    @Override
    public boolean refusable() {
        return refusable;
    }
}
