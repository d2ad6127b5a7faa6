package sample.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.apache.commons.dbcp2.DelegatingConnection;
import org.apache.commons.dbcp2.DelegatingPreparedStatement;

/** A connection whose statements make texts of an application's objects, as drivers do of types of their own. */
public final class TranslatingConnection extends DelegatingConnection<Connection> {

    public TranslatingConnection(Connection connection) {
        super(connection);
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        return new Statement(this, getDelegate().prepareStatement(sql));
    }

    private static final class Statement extends DelegatingPreparedStatement {

        Statement(TranslatingConnection connection, PreparedStatement statement) {
            super(connection, statement);
        }

        @Override
        public void setObject(int index, Object value) throws SQLException {
            setString(index, value.toString());
        }
    }
}
