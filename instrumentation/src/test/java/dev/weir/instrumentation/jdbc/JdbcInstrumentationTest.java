package dev.weir.instrumentation.jdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.SqlFacts;
import dev.weir.instrumentation.testing.Woven;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.commons.dbcp2.DelegatingStatement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import sample.jdbc.TranslatingConnection;

class JdbcInstrumentationTest {

    private static final String INSERT = "INSERT INTO item VALUES (?, ?)";

    @RegisterExtension
    final Woven woven = new Woven(new JdbcInstrumentation());

    // Facts are only good until the call ends.
    private final List<Object[]> parameters = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void start() {
        for (Database database : Database.values()) database.url();
    }

    @BeforeEach
    void empty() throws SQLException {
        woven.agent().ignore(facts -> true);
        for (Database database : Database.values()) database.empty();
        woven.agent().ignore(facts -> false);
        woven.agent().pull(facts -> parameters.add(values((SqlFacts) facts)));
    }

    private List<String> events() {
        return woven.agent().events();
    }

    private static Object @Nullable [] values(SqlFacts facts) {
        int count = facts.parameterCount();
        return count == 0
                ? null
                : IntStream.range(0, count).mapToObj(facts::parameter).toArray();
    }

    private SqlFacts begun(int index) {
        return (SqlFacts) woven.agent().begun().get(index);
    }

    private static List<String> once(String... sqlAndRows) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < sqlAndRows.length; i += 2) {
            events.add("begin " + sqlAndRows[i]);
            events.add("end " + sqlAndRows[i] + sqlAndRows[i + 1]);
        }
        return events;
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void everyFormWithTextCountsOnce(Access access) throws SQLException {
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO item VALUES (1, 'a')");
            statement.execute("UPDATE item SET t = 'b'");
            try (ResultSet rows = statement.executeQuery("SELECT t FROM item")) {
                assertTrue(rows.next());
                assertEquals("b", rows.getString(1));
            }
        }
        assertEquals(
                once("INSERT INTO item VALUES (1, 'a')", " 1", "UPDATE item SET t = 'b'", "", "SELECT t FROM item", ""),
                events());
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void everyPreparedFormCountsOnce(Access access) throws SQLException {
        try (Connection connection = access.connect()) {
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                insert.setInt(1, 1);
                insert.setString(2, "a");
                assertEquals(1, insert.executeUpdate());
                insert.setInt(1, 2);
                insert.setNull(2, Types.VARCHAR);
                assertFalse(insert.execute());
            }
            try (PreparedStatement select = connection.prepareStatement("SELECT n FROM item WHERE t = ?")) {
                select.setObject(1, "a");
                try (ResultSet rows = select.executeQuery()) {
                    assertTrue(rows.next());
                }
            }
        }
        assertEquals(once(INSERT, " 1", INSERT, "", "SELECT n FROM item WHERE t = ?", ""), events());
        assertArrayEquals(new Object[] {1, "a"}, parameters.get(0));
        assertArrayEquals(new Object[] {2, null}, parameters.get(1));
        assertArrayEquals(new Object[] {"a"}, parameters.get(2));
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void everyFormThatNotEveryDriverHasCountsOnce(Access access) throws SQLException {
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement();
                PreparedStatement delete = connection.prepareStatement("DELETE FROM item WHERE n = ?")) {
            statement.executeUpdate("INSERT INTO item VALUES (1, 'a')", Statement.RETURN_GENERATED_KEYS);
            statement.executeLargeUpdate("UPDATE item SET t = 'b'");
            delete.setInt(1, 1);
            delete.executeLargeUpdate();
            delete.setLong(1, 2);
            delete.addBatch();
            delete.executeLargeBatch();
        } catch (SQLFeatureNotSupportedException | UnsupportedOperationException e) {
            abort(e.toString());
        } catch (SQLException e) {
            assumeTrue(!e.getMessage().contains("not implemented"), e.toString());
            throw e;
        }
        assertEquals(
                once(
                        "INSERT INTO item VALUES (1, 'a')",
                        " 1",
                        "UPDATE item SET t = 'b'",
                        " 1",
                        "DELETE FROM item WHERE n = ?",
                        " 1",
                        "DELETE FROM item WHERE n = ?",
                        ""),
                events());
        assertArrayEquals(new Object[] {1}, parameters.get(2));
        assertArrayEquals(new Object[] {2L}, parameters.get(3));
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void aBatchIsOneCall(Access access) throws SQLException {
        try (Connection connection = access.connect()) {
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                for (int n = 1; n <= 3; n++) {
                    insert.setInt(1, n);
                    insert.setString(2, "t" + n);
                    insert.addBatch();
                }
                assertEquals(3, insert.executeBatch().length);
                insert.executeBatch();
            }
            try (Statement statement = connection.createStatement()) {
                statement.addBatch("UPDATE item SET t = 'x' WHERE n = 1");
                statement.clearBatch();
                statement.addBatch("DELETE FROM item WHERE n = 1");
                statement.addBatch("DELETE FROM item WHERE n = 2");
                assertEquals(2, statement.executeBatch().length);
            }
        }
        assertEquals(2, woven.agent().begun().size(), events().toString());
        assertEquals(3, begun(0).batchSize());
        assertArrayEquals(new Object[] {1, "t1", 2, "t2", 3, "t3"}, parameters.get(0));
        assertEquals("DELETE FROM item WHERE n = 1;\nDELETE FROM item WHERE n = 2", begun(1).text());
        assertEquals(2, begun(1).batchSize());
        // MariaDB runs the rows as one statement and does not say how many each of them was.
        if (access.database() != Database.MARIADB) assertEquals("end " + INSERT + " 3", events().get(1));
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void callsOfFunctionsCountOnce(Access access) throws SQLException {
        if (access.database().call.isEmpty()) return;
        try (Connection connection = access.connect();
                CallableStatement call = connection.prepareCall(access.database().call)) {
            woven.agent().ignore(facts -> !((SqlFacts) facts).text().startsWith("{"));
            call.registerOutParameter(1, Types.INTEGER);
            call.setInt(2, -7);
            call.execute();
            assertEquals(7, call.getInt(1));
        }
        assertEquals(once(access.database().call, ""), events());
        assertArrayEquals(new Object[] {null, -7}, parameters.get(0));
    }

    @Test
    void parametersByNameAreKeptWithTheirNames() throws SQLException {
        try (Connection connection = Database.MARIADB.connect();
                CallableStatement call = connection.prepareCall("{call weir_put(?, ?)}")) {
            woven.agent().ignore(facts -> !((SqlFacts) facts).text().startsWith("{"));
            call.setInt("n", 5);
            call.setString("t", "five");
            call.execute();
        }
        assertEquals(once("{call weir_put(?, ?)}", ""), events());
        // The driver looks the names up and sets the same values by their places, which is its own affair.
        assertArrayEquals(new Object[] {"n", 5, "t", "five"}, parameters.get(0));
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void failuresEndWithTheirState(Access access) throws SQLException {
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (1, 'x')")) {
            SQLException thrown =
                    assertThrows(SQLException.class, () -> statement.execute("INSERT INTO nowhere VALUES (1)"));
            insert.executeUpdate();
            SQLException twice = assertThrows(SQLException.class, insert::executeUpdate);
            insert.addBatch();
            SQLException batch = assertThrows(SQLException.class, insert::executeBatch);
            assertEquals(
                    List.of(
                            "begin INSERT INTO nowhere VALUES (1)",
                            failed("INSERT INTO nowhere VALUES (1)", thrown),
                            "begin INSERT INTO item VALUES (1, 'x')",
                            "end INSERT INTO item VALUES (1, 'x') 1",
                            "begin INSERT INTO item VALUES (1, 'x')",
                            failed("INSERT INTO item VALUES (1, 'x')", twice),
                            "begin INSERT INTO item VALUES (1, 'x')",
                            failed("INSERT INTO item VALUES (1, 'x')", batch)),
                    events());
            assertTrue(batch instanceof BatchUpdateException || access.database() == Database.SQLITE, batch.toString());
        }
    }

    private static String failed(String sql, SQLException thrown) {
        return "end " + sql + (thrown.getSQLState() == null ? "" : " " + thrown.getSQLState()) + " "
                + thrown.getClass().getSimpleName();
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void closedStatementsFailAsEver(Access access) throws SQLException {
        try (Connection connection = access.connect()) {
            Statement statement = connection.createStatement();
            statement.close();
            // SQLite's driver does not mind.
            if (access.database() != Database.SQLITE) {
                assertThrows(SQLException.class, () -> statement.executeQuery("SELECT 1"));
            } else {
                statement.executeQuery("SELECT 1").close();
            }
            PreparedStatement prepared = connection.prepareStatement("SELECT 1");
            prepared.close();
            assertThrows(SQLException.class, prepared::executeQuery);
            Statement after = connection.createStatement();
            after.execute("SELECT 2");
            after.close();
        }
        assertEquals("end SELECT 2", events().get(events().size() - 1));
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void refusedStatementsDoNothingAndTheConnectionGoesOn(Access access) throws SQLException {
        try (Connection connection = access.connect()) {
            Connection physical = connection.unwrap(Connection.class);
            woven.agent().deny(facts -> ((SqlFacts) facts).text().startsWith("INSERT"));
            try (Statement statement = connection.createStatement();
                    PreparedStatement insert = connection.prepareStatement(INSERT)) {
                assertRefused(() -> statement.executeUpdate("INSERT INTO item VALUES (9, 'no')"));
                assertRefused(() -> statement.execute("INSERT INTO item VALUES (9, 'no')"));
                insert.setInt(1, 9);
                insert.setString(2, "no");
                assertRefused(insert::executeUpdate);
                insert.addBatch();
                assertRefused(insert::executeBatch);
                try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM item")) {
                    rows.next();
                    assertEquals(0, rows.getInt(1));
                }
                // What was refused can be sent later.
                woven.agent().deny(facts -> false);
                assertEquals(1, insert.executeBatch().length);
            }
            connection.close();
            if (access.pooled()) {
                try (Connection next = access.connect()) {
                    assertTrue(access.pool().getHikariPoolMXBean().getTotalConnections() > 0);
                    assertFalse(physical.isClosed(), "the pool threw the connection away");
                    assertNotNull(next);
                }
            }
        }
        SqlFacts later =
                (SqlFacts) woven.agent().begun().get(woven.agent().begun().size() - 1);
        assertArrayEquals(new Object[] {9, "no"}, values(later));
    }

    private static void assertRefused(Callable<?> statement) {
        SQLException thrown = assertThrows(SQLException.class, statement::call);
        assertEquals("denied by test", thrown.getMessage());
        assertEquals("WEIR1", thrown.getSQLState());
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void theConnectionSaysWhereItLeads(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
        assertEquals(database.url().replace("PASSWORD=", "PASSWORD=***"), begun(0).url());
    }

    @Test
    void theUserComesFromTheProperties() throws SQLException {
        try (var pool = Database.POSTGRESQL.pool(1)) {
            pool.getHikariConfigMXBean();
            try (Connection connection =
                            java.sql.DriverManager.getConnection(Database.POSTGRESQL.url(), "postgres", "secret");
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT 1");
            }
        }
        assertEquals("postgres", begun(0).user());
    }

    @Test
    void valuesThatCannotBeReadAreLeftAlone() throws SQLException {
        ByteArrayInputStream stream = new ByteArrayInputStream(new byte[] {1, 2, 3});
        Object application = new Object() {
            @Override
            public String toString() {
                throw new AssertionError("toString of an application's object");
            }
        };
        try (Connection connection = Database.H2.connect();
                PreparedStatement select =
                        connection.prepareStatement("SELECT ?, ?, ?, ?, ?, CAST(? AS JAVA_OBJECT), ?")) {
            select.setBinaryStream(1, stream);
            select.setBigDecimal(2, new BigDecimal("1.50"));
            select.setTimestamp(3, Timestamp.valueOf("2024-02-29 12:00:00.123456789"));
            select.setObject(4, LocalDate.of(2024, 2, 29));
            select.setObject(5, Thread.State.NEW.name());
            select.setNull(6, Types.OTHER);
            select.setBoolean(7, true);
            assertThrows(SQLException.class, () -> select.setObject(6, application));
            select.setNull(6, Types.OTHER);
            select.executeQuery().close();
            select.clearParameters();
            assertThrows(SQLException.class, select::executeQuery);
        }
        assertArrayEquals(
                new Object[] {
                    ByteArrayInputStream.class,
                    new BigDecimal("1.50"),
                    Timestamp.valueOf("2024-02-29 12:00:00.123456789").toInstant(),
                    LocalDate.of(2024, 2, 29),
                    "NEW",
                    null,
                    true
                },
                parameters.get(0));
        assertEquals(null, parameters.get(1));
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void theStatementsOwnTimeoutIsAFact(Database database) throws SQLException {
        try (var pool = database.pool(1);
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement prepared = connection.prepareStatement("SELECT 2")) {
            statement.setQueryTimeout(7);
            statement.execute("SELECT 1");
            prepared.setQueryTimeout(9);
            prepared.execute();
        }
        assertEquals(7_000, begun(0).callerTimeoutMillis());
        assertEquals(9_000, begun(1).callerTimeoutMillis());
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void whetherAConnectionLivesIsNoStatement(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            woven.agent().deny(facts -> true);
            assertTrue(connection.isValid(5));
        }
        assertEquals(List.of(), events());
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void nobodyInterestedMeansNothingReported(Access access) throws SQLException {
        woven.agent().follow(false);
        try (Connection connection = access.connect();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, 1);
            insert.setString(2, "a");
            insert.addBatch();
            insert.executeBatch();
        }
        assertEquals(List.of(), events());
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void statementsOfManyThreadsKeepApart(Database database) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (var pool = database.pool(4)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int worker = i;
                all.add(threads.submit(() -> {
                    for (int n = 0; n < 25; n++) insert(pool.getConnection(), worker * 100 + n);
                    return null;
                }));
            }
            for (Future<?> each : all) each.get();
        } finally {
            threads.shutdown();
        }
        List<Integer> seen =
                parameters.stream().map(values -> (Integer) values[0]).sorted().toList();
        List<Integer> sent =
                IntStream.range(0, 400).filter(n -> n % 100 < 25).boxed().toList();
        assertEquals(sent, seen);
    }

    private static void insert(Connection connection, int n) throws SQLException {
        try (connection;
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, n);
            insert.setString(2, "t" + n);
            insert.executeUpdate();
        }
    }

    @Test
    void aPreparedStatementTakenOutOfItsWrapperIsStillKnown() throws SQLException {
        try (var pool = Database.H2.pool(1);
                Connection connection = pool.getConnection();
                PreparedStatement wrapper = connection.prepareStatement("SELECT ?")) {
            wrapper.setInt(1, 3);
            wrapper.unwrap(org.h2.jdbc.JdbcPreparedStatement.class).executeQuery();
        }
        assertEquals(once("SELECT ?", ""), events());
        assertArrayEquals(new Object[] {3}, parameters.get(0));
    }

    /** Of the application's object nothing is known but its class. */
    @Test
    void whatADriverMakesOfAnObjectIsItsValue() throws SQLException {
        try (Connection connection = new TranslatingConnection(Database.H2.connect());
                PreparedStatement select = connection.prepareStatement("SELECT ?")) {
            for (int i = 0; i < 2; i++) {
                select.setObject(1, new StringBuilder("value ").append(i));
                select.executeQuery();
            }
        }
        assertArrayEquals(new Object[] {"value 0"}, parameters.get(0));
        assertArrayEquals(new Object[] {"value 1"}, parameters.get(1));
    }

    /** Commons DBCP has methods of its own for it. */
    @Test
    void aPreparedStatementTakenOutOfItsDelegateIsStillKnown() throws SQLException {
        try (BasicDataSource pool = new BasicDataSource()) {
            pool.setUrl(Database.H2.url());
            try (Connection connection = pool.getConnection();
                    PreparedStatement wrapper = connection.prepareStatement("SELECT ?")) {
                wrapper.setInt(1, 4);
                ((PreparedStatement) ((DelegatingStatement) wrapper).getInnermostDelegate()).executeQuery();
                ((PreparedStatement) ((DelegatingStatement) wrapper).getDelegate()).executeQuery();
            }
        }
        assertEquals(
                2, events().stream().filter(each -> each.startsWith("begin")).count(), events()::toString);
        for (Object[] each : parameters) assertArrayEquals(new Object[] {4}, each);
    }
}
