package dev.weir.instrumentation.jdbc;

import dev.weir.bootstrap.Call;
import dev.weir.instrumentation.weaving.Instrumentation;
import dev.weir.instrumentation.weaving.Weaving;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * JDBC, whatever the driver and the pool: every class that implements its interfaces is woven. The outermost one that a
 * thread enters speaks for all that are nested in it.
 */
public final class JdbcInstrumentation implements Instrumentation {

    private static final String STRING = "java.lang.String";

    /** Setters of prepared statements whose value may be read, with the value's type. */
    private static final String[][] VALUES = {
        {"setBoolean", "boolean"},
        {"setByte", "byte"},
        {"setShort", "short"},
        {"setInt", "int"},
        {"setLong", "long"},
        {"setFloat", "float"},
        {"setDouble", "double"},
        {"setBigDecimal", "java.math.BigDecimal"},
        {"setString", STRING},
        {"setNString", STRING},
        {"setBytes", "byte[]"},
        {"setDate", "java.sql.Date"},
        {"setTime", "java.sql.Time"},
        {"setTimestamp", "java.sql.Timestamp"},
        {"setObject", "java.lang.Object"},
        {"setURL", "java.net.URL"},
        {"setRowId", "java.sql.RowId"},
        {"setRef", "java.sql.Ref"},
        {"setArray", "java.sql.Array"},
        {"setBlob", "java.sql.Blob"},
        {"setClob", "java.sql.Clob"},
        {"setNClob", "java.sql.NClob"},
        {"setSQLXML", "java.sql.SQLXML"},
        {"setBlob", "java.io.InputStream"},
        {"setBinaryStream", "java.io.InputStream"},
        {"setAsciiStream", "java.io.InputStream"},
        {"setUnicodeStream", "java.io.InputStream"},
        {"setClob", "java.io.Reader"},
        {"setNClob", "java.io.Reader"},
        {"setCharacterStream", "java.io.Reader"},
        {"setNCharacterStream", "java.io.Reader"},
    };

    /** Methods of a connection for which some drivers execute a statement of their own, mostly for a pool. */
    private static final String[] SESSION = {
        "isValid",
        "getTransactionIsolation",
        "setTransactionIsolation",
        "setReadOnly",
        "getCatalog",
        "setCatalog",
        "getSchema",
        "setSchema",
        "getClientInfo",
        "setClientInfo",
        "setNetworkTimeout",
    };

    @Override
    public String name() {
        return "jdbc";
    }

    @Override
    public void weave(Weaving weaving) {
        statement(weaving.subtypesOf(
                "java.sql.Statement",
                "executeQuery",
                "executeUpdate",
                "executeLargeUpdate",
                "executeBatch",
                "executeLargeBatch",
                "addBatch",
                "clearParameters",
                "setQueryTimeout",
                "setObject"));
        // SQLite declares the methods in a class that does not implement the interface; only its subclasses do.
        statement(weaving.type("org.sqlite.jdbc3.JDBC3Statement"));
        Weaving.Target connection = weaving.subtypesOf(
                "java.sql.Connection", "prepareStatement", "prepareCall", "setAutoCommit", "setTransactionIsolation");
        connection
                .method("prepareStatement", "Prepare", STRING)
                .method("prepareCall", "Prepare", STRING)
                .exactly("commit", "Commit")
                .exactly("rollback", "Rollback")
                .exactly("rollback", "RollbackTo", "java.sql.Savepoint")
                .exactly("setAutoCommit", "Mode", "boolean");
        for (String name : SESSION) connection.method(name, "Session");
        weaving.subtypesOf("java.sql.Driver", "acceptsURL")
                .exactly("connect", "Connect", STRING, "java.util.Properties");
        // Some drivers' data sources pass their driver by. Where a class only names the methods it mostly calls them.
        weaving.subtypesOf("javax.sql.DataSource", "getLoginTimeout").method("getConnection", "Obtain");
        weaving.subtypesOf("javax.sql.ConnectionPoolDataSource", "getPooledConnection")
                .method("getPooledConnection", "Obtain");
    }

    private static void statement(Weaving.Target target) {
        for (String name : new String[] {"execute", "executeQuery", "executeUpdate", "executeLargeUpdate"}) {
            target.method(name, "Execute", STRING).exactly(name, "ExecutePrepared");
        }
        target.exactly("executeBatch", "ExecuteBatch")
                .exactly("executeLargeBatch", "ExecuteBatch")
                .exactly("addBatch", "AddText", STRING)
                .exactly("addBatch", "AddParameters")
                .exactly("clearBatch", "ClearBatch")
                .exactly("clearParameters", "ClearParameters")
                .exactly("setQueryTimeout", "Timeout", "int")
                .exactly("close", "Close")
                .exactly("unwrap", "Unwrap", "java.lang.Class")
                // Commons DBCP's.
                .exactly("getDelegate", "Unwrap")
                .exactly("getInnermostDelegate", "Unwrap");
        for (String[] setter : VALUES) {
            target.method(setter[0], "Bind", "int", setter[1]).method(setter[0], "BindNamed", STRING, setter[1]);
        }
        target.method("setNull", "BindNull", "int", "int").method("setNull", "BindNullNamed", STRING, "int");
    }

    // ---- executing

    static final class Execute {

        static @Nullable Call enter(Statement statement, @Nullable String sql) {
            return StatementFacts.begin(statement, sql);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
            return StatementFacts.end(call, result, thrown);
        }
    }

    static final class ExecutePrepared {

        static @Nullable Call enter(Statement statement) {
            return StatementFacts.beginPrepared(statement);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Object result, @Nullable Throwable thrown) {
            return StatementFacts.end(call, result, thrown);
        }
    }

    static final class ExecuteBatch {

        static @Nullable Call enter(Statement statement) {
            return StatementFacts.beginBatch(statement);
        }

        static @Nullable Throwable exit(
                @Nullable Call call, @Nullable Object result, @Nullable Throwable thrown, Statement statement) {
            // A batch that was refused is still there to be executed later.
            if (!(call instanceof Call.Denied)) ClearBatch.exit(null, statement);
            return StatementFacts.end(call, result, thrown);
        }
    }

    // ---- setting up

    static final class AddText {

        static int @Nullable [] enter(Statement statement) {
            return Nesting.begin(Nesting.SETTING_UP);
        }

        static void exit(
                int @Nullable [] begun, @Nullable Throwable thrown, Statement statement, @Nullable String sql) {
            boolean outermost = Nesting.end(Nesting.SETTING_UP, begun);
            if (outermost && thrown == null && sql != null)
                StatementState.kept(statement).addBatch(sql);
        }
    }

    static final class AddParameters {

        static void exit(@Nullable Throwable thrown, Statement statement) {
            StatementState state = thrown == null ? StatementState.of(statement) : null;
            if (state != null) state.addBatch();
        }
    }

    static final class ClearBatch {

        static void exit(@Nullable Throwable thrown, Statement statement) {
            StatementState state = thrown == null ? StatementState.of(statement) : null;
            if (state != null) state.clearBatch();
        }
    }

    static final class ClearParameters {

        static void exit(@Nullable Throwable thrown, Statement statement) {
            StatementState state = thrown == null ? StatementState.of(statement) : null;
            if (state != null) state.clearParameters();
        }
    }

    static final class Timeout {

        static int @Nullable [] enter(Statement statement) {
            return Nesting.begin(Nesting.SETTING_UP);
        }

        static void exit(int @Nullable [] begun, @Nullable Throwable thrown, Statement statement, int seconds) {
            boolean outermost = Nesting.end(Nesting.SETTING_UP, begun);
            if (outermost && thrown == null) StatementState.kept(statement).timeoutSeconds(seconds);
        }
    }

    /** What is told of the outermost holds for all that are nested in it, of which nothing needs to be known. */
    static final class Close {

        static int @Nullable [] enter(Statement statement) {
            return Nesting.begin(Nesting.CLOSING);
        }

        static void exit(int @Nullable [] begun, @Nullable Throwable thrown, Statement statement) {
            if (Nesting.end(Nesting.CLOSING, begun)) StatementState.closed(statement);
        }
    }

    static final class Unwrap {

        static void exit(@Nullable Object result, @Nullable Throwable thrown, Statement statement) {
            if (result instanceof Statement inner && inner != statement) StatementState.unwrapped(statement, inner);
        }
    }

    static final class Bind {

        static int @Nullable [] enter(Statement statement, int index, @Nullable Object value) {
            int[] begun = Nesting.begin(Nesting.SETTING_UP);
            StatementState state = begun != null ? StatementState.of(statement) : null;
            if (state != null && !state.bind(index, value)) makeReadable(begun);
            return begun;
        }

        /** A driver may turn it into something that can be read, and bind that by another method of the statement. */
        static void makeReadable(int @Nullable [] begun) {
            Nesting.end(Nesting.SETTING_UP, begun);
        }

        static void exit(int @Nullable [] begun) {
            Nesting.end(Nesting.SETTING_UP, begun);
        }
    }

    static final class BindNamed {

        static int @Nullable [] enter(Statement statement, @Nullable String name, @Nullable Object value) {
            int[] begun = Nesting.begin(Nesting.SETTING_UP);
            StatementState state = begun != null ? StatementState.of(statement) : null;
            if (state != null && !state.bind(name, value)) Bind.makeReadable(begun);
            return begun;
        }

        static void exit(int @Nullable [] begun) {
            Bind.exit(begun);
        }
    }

    static final class BindNull {

        static int @Nullable [] enter(Statement statement, int index) {
            return Bind.enter(statement, index, null);
        }

        static void exit(int @Nullable [] begun) {
            Bind.exit(begun);
        }
    }

    static final class BindNullNamed {

        static int @Nullable [] enter(Statement statement, @Nullable String name) {
            return BindNamed.enter(statement, name, null);
        }

        static void exit(int @Nullable [] begun) {
            Bind.exit(begun);
        }
    }

    // ---- connections

    static final class Prepare {

        static int @Nullable [] enter(Connection connection) {
            return Nesting.begin(Nesting.PREPARING);
        }

        static void exit(
                int @Nullable [] begun,
                @Nullable Object statement,
                @Nullable Throwable thrown,
                Connection connection,
                @Nullable String sql) {
            if (Nesting.end(Nesting.PREPARING, begun) && sql != null && statement instanceof Statement prepared) {
                StatementState.prepared(prepared, sql);
            }
        }
    }

    static final class Commit {

        static @Nullable Call enter(Connection connection) {
            return TransactionFacts.begin(connection, "COMMIT", true);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown) {
            return TransactionFacts.end(call, thrown);
        }
    }

    static final class Rollback {

        static @Nullable Call enter(Connection connection) {
            return TransactionFacts.beginRollback(connection);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown) {
            return TransactionFacts.end(call, thrown);
        }
    }

    static final class RollbackTo {

        static @Nullable Call enter(Connection connection) {
            return TransactionFacts.begin(connection, "ROLLBACK TO SAVEPOINT", false);
        }

        static @Nullable Throwable exit(@Nullable Call call, @Nullable Throwable thrown) {
            return TransactionFacts.end(call, thrown);
        }
    }

    static final class Mode {

        static @Nullable Object enter(Connection connection, boolean automatic) {
            return TransactionFacts.beginMode(connection, automatic);
        }

        static void exit(@Nullable Object token, @Nullable Throwable thrown) {
            if (token instanceof int[] begun) Nesting.end(Nesting.QUIET, begun);
            else if (token instanceof Call call) TransactionFacts.end(call, thrown);
        }
    }

    /** The state of the session with the database, which is no effect of the application's. */
    static final class Session {

        static int @Nullable [] enter(Connection connection) {
            return Nesting.begin(Nesting.QUIET);
        }

        static void exit(int @Nullable [] begun) {
            Nesting.end(Nesting.QUIET, begun);
        }
    }

    /** What a connection is set up with is no effect of the application's either. */
    static final class Obtain {

        static int @Nullable [] enter(Object source) {
            return Nesting.begin(Nesting.QUIET);
        }

        static void exit(int @Nullable [] begun) {
            Nesting.end(Nesting.QUIET, begun);
        }
    }

    static final class Connect {

        static int @Nullable [] enter(Object driver) {
            return Nesting.begin(Nesting.QUIET);
        }

        static void exit(
                int @Nullable [] begun,
                @Nullable Connection connection,
                @Nullable Throwable thrown,
                Object driver,
                @Nullable String url,
                @Nullable Properties properties) {
            Nesting.end(Nesting.QUIET, begun);
            if (connection != null) ConnectionState.opened(connection, url, properties);
        }
    }
}
