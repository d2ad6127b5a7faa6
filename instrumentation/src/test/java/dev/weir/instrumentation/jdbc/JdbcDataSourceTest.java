package dev.weir.instrumentation.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weir.bootstrap.SqlFacts;
import dev.weir.instrumentation.testing.Woven;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.DataSource;
import javax.sql.PooledConnection;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGConnectionPoolDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.xa.PGXADataSource;
import org.sqlite.SQLiteDataSource;
import org.sqlite.javax.SQLiteConnectionPoolDataSource;

/** The drivers' own data sources, which do not always go through {@code java.sql.Driver}. */
class JdbcDataSourceTest {

    private static final String PUT = "INSERT INTO item VALUES (?, ?)";

    @RegisterExtension
    final Woven woven = new Woven(new JdbcInstrumentation());

    @BeforeAll
    static void start() {
        for (Database database : Database.values()) database.url();
    }

    @BeforeEach
    void empty() throws SQLException {
        woven.agent().ignore(facts -> true);
        for (Database database : Database.values()) database.empty();
        woven.agent().ignore(facts -> false);
    }

    private static DataSource plain(Database database) throws SQLException {
        return switch (database) {
            case POSTGRESQL -> {
                PGSimpleDataSource source = new PGSimpleDataSource();
                source.setUrl(database.url());
                yield source;
            }
            case MARIADB -> new MariaDbDataSource(database.url());
            case H2 -> {
                JdbcDataSource source = new JdbcDataSource();
                source.setURL(database.url().replace(";USER=sa;PASSWORD=", ""));
                source.setUser("sa");
                source.setPassword("");
                yield source;
            }
            case SQLITE -> {
                SQLiteDataSource source = new SQLiteDataSource();
                source.setUrl(database.url());
                yield source;
            }
        };
    }

    private static ConnectionPoolDataSource pooled(Database database) throws SQLException {
        return switch (database) {
            case POSTGRESQL -> {
                PGConnectionPoolDataSource source = new PGConnectionPoolDataSource();
                source.setUrl(database.url());
                yield source;
            }
            case MARIADB -> new MariaDbDataSource(database.url());
            case H2 -> (JdbcDataSource) plain(database);
            case SQLITE -> {
                SQLiteConnectionPoolDataSource source = new SQLiteConnectionPoolDataSource();
                source.setUrl(database.url());
                yield source;
            }
        };
    }

    private static XADataSource distributed(Database database) throws SQLException {
        return switch (database) {
            case POSTGRESQL -> {
                PGXADataSource source = new PGXADataSource();
                source.setUrl(database.url());
                yield source;
            }
            case MARIADB -> new MariaDbDataSource(database.url());
            case H2 -> (JdbcDataSource) plain(database);
            case SQLITE -> throw new AssertionError("SQLite has none");
        };
    }

    private static void put(Connection connection, int n) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PUT)) {
            statement.setInt(1, n);
            statement.setString(2, "x");
            assertEquals(1, statement.executeUpdate());
        }
    }

    private void assertKnown(Database database) {
        for (Object facts : woven.agent().begun()) {
            String url = ((SqlFacts) facts).url();
            assertTrue(url.startsWith("jdbc:" + database.name().toLowerCase(Locale.ROOT)), "url: " + url);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDriversDataSource(Database database) throws SQLException {
        try (Connection connection = plain(database).getConnection()) {
            put(connection, 1);
            woven.agent().deny(facts -> true);
            assertThrows(SQLException.class, () -> put(connection, 2));
            woven.agent().deny(facts -> false);
            connection.setAutoCommit(false);
            put(connection, 3);
            connection.commit();
        }
        assertEquals(
                List.of(
                        "begin " + PUT,
                        "end " + PUT + " 1",
                        "begin " + PUT,
                        "begin BEGIN",
                        "end BEGIN",
                        "begin " + PUT,
                        "end " + PUT + " 1",
                        "begin COMMIT",
                        "end COMMIT"),
                woven.agent().events());
        assertKnown(database);
    }

    @ParameterizedTest
    @EnumSource
    void aDriversDataSourceUnderAPool(Database database) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setDataSource(plain(database));
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config);
                Connection connection = pool.getConnection()) {
            put(connection, 1);
        }
        assertEquals(List.of("begin " + PUT, "end " + PUT + " 1"), woven.agent().events());
        assertKnown(database);
    }

    @ParameterizedTest
    @EnumSource
    void aPooledConnection(Database database) throws SQLException {
        PooledConnection pooled = pooled(database).getPooledConnection();
        try {
            for (int n = 0; n < 2; n++) {
                try (Connection connection = pooled.getConnection()) {
                    put(connection, n);
                }
            }
        } finally {
            pooled.close();
        }
        assertEquals(
                List.of("begin " + PUT, "end " + PUT + " 1", "begin " + PUT, "end " + PUT + " 1"),
                woven.agent().events());
        assertKnown(database);
    }

    private record Branch(byte[] getGlobalTransactionId) implements Xid {

        @Override
        public int getFormatId() {
            return 7;
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }

    @ParameterizedTest
    @EnumSource(names = "SQLITE", mode = EnumSource.Mode.EXCLUDE)
    void aDistributedTransaction(Database database) throws Exception {
        XAConnection distributed = distributed(database).getXAConnection();
        Branch branch = new Branch(("weir-" + database).getBytes());
        try (Connection connection = distributed.getConnection()) {
            XAResource resource = distributed.getXAResource();
            resource.start(branch, XAResource.TMNOFLAGS);
            put(connection, 1);
            resource.end(branch, XAResource.TMSUCCESS);
            resource.commit(branch, true);
        } finally {
            distributed.close();
        }
        // How the branch begins and ends is each driver's own affair: as statements, or past JDBC.
        List<String> events = woven.agent().events();
        assertEquals(1, events.stream().filter(("begin " + PUT)::equals).count(), events.toString());
    }
}
