package dev.weir.instrumentation.jdbc;

import dev.weir.bootstrap.WeakIdentityMap;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Where a connection leads. Found out once for each, and never by asking the database. */
final class ConnectionState {

    private static final ConnectionState UNKNOWN = new ConnectionState("", null);
    private static final int MOST = 1 << 14;
    private static final WeakIdentityMap<ConnectionState> known = new WeakIdentityMap<>(MOST);

    private final String url;
    private final @Nullable String user;
    // A mark for the transaction's end: whether anything was executed since its begin.
    private boolean used;

    private ConnectionState(String url, @Nullable String user) {
        this.url = url;
        this.user = user;
    }

    /** A driver opened a connection. Asked later, some drivers send a query to learn their own user's name. */
    static void opened(Connection connection, @Nullable String url, @Nullable Properties properties) {
        String user = properties == null ? null : properties.getProperty("user");
        known.put(connection, new ConnectionState(JdbcUrl.withoutSecrets(url), user));
    }

    static ConnectionState of(Statement statement) {
        try {
            Connection connection = statement.getConnection();
            return connection == null ? UNKNOWN : of(connection);
        } catch (SQLException | RuntimeException | LinkageError e) {
            // Closed.
            return UNKNOWN;
        }
    }

    static ConnectionState of(Connection connection) {
        ConnectionState state = known.get(connection);
        if (state != null) return state;
        // Not kept: a pool's own object is gone with the next statement or two.
        state = underneath(connection);
        if (state != null) return state;
        state = find(connection);
        if (state != UNKNOWN) known.put(connection, state);
        return state;
    }

    private static ConnectionState find(Connection connection) {
        try {
            return new ConnectionState(
                    JdbcUrl.withoutSecrets(connection.getMetaData().getURL()), null);
        } catch (SQLException | RuntimeException | LinkageError e) {
            return UNKNOWN;
        }
    }

    /** What is known of the driver's connection under a pool's: a pool makes a new object of its own each time. */
    private static @Nullable ConnectionState underneath(Connection connection) {
        try {
            Connection underneath = connection.unwrap(Connection.class);
            return underneath == null || underneath == connection ? null : known.get(underneath);
        } catch (SQLException | RuntimeException | LinkageError e) {
            return null;
        }
    }

    String url() {
        return url;
    }

    @Nullable
    String user() {
        return user;
    }

    void used(boolean now) {
        // Shared by all that are unknown.
        if (this != UNKNOWN) used = now;
    }

    boolean used() {
        return used;
    }
}
