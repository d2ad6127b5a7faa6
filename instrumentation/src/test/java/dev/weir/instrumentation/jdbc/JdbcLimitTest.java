package dev.weir.instrumentation.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.SqlFacts;
import dev.weir.instrumentation.testing.Woven;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The slow statements here would take half a minute or more by themselves. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class JdbcLimitTest {

    private static final int ROUNDS = 120;

    @RegisterExtension
    final Woven woven = new Woven(new JdbcInstrumentation());

    @BeforeAll
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    static void start() {
        for (Database database : Database.values()) database.url();
    }

    private void limit(String sql, long millis) {
        woven.agent().pull(facts -> {
            if (((SqlFacts) facts).text().equals(sql)) assertTrue(facts.limit(millis));
        });
    }

    private static void assertLate(SQLException thrown) {
        assertTrue(thrown.getMessage().contains("-Dweir.rule.deadline"), thrown.toString());
        assertEquals("57014", thrown.getSQLState());
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void aLimitEndsALongStatement(Access access) throws SQLException {
        String sql = access.database().slow;
        limit(sql, 150);
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement()) {
            assertLate(assertThrows(SQLTimeoutException.class, () -> statement.executeQuery(sql)));
        }
        try (Connection connection = access.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            assertLate(assertThrows(SQLTimeoutException.class, statement::execute));
        }
        assertEquals(
                List.of(
                        "begin " + sql,
                        "end " + sql + " 57014 SQLTimeoutException",
                        "begin " + sql,
                        "end " + sql + " 57014 SQLTimeoutException"),
                woven.agent().events());
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void theConnectionOutlivesTheLimit(Database database) throws SQLException {
        limit(database.slow, 100);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            assertThrows(SQLTimeoutException.class, () -> statement.execute(database.slow));
            assertTrue(connection.isValid(5));
            assertOne(statement);
        }
    }

    /** A busy machine may not have begun with the statement when its limit strikes; databases forget that cancel. */
    @ParameterizedTest
    @EnumSource(Database.class)
    void aCancelThatCameTooEarlyIsRepeated(Database database) throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            CountDownLatch early = new CountDownLatch(1);
            StatementLimit limit = new StatementLimit(toldOf(statement, early));
            limit.atMost(1);
            limit.start();
            early.await();
            assertThrows(SQLException.class, () -> statement.execute(database.slow));
            assertTrue(limit.returned());
            assertOne(statement);
        }
    }

    private static Statement toldOf(Statement statement, CountDownLatch cancelled) {
        return (Statement) Proxy.newProxyInstance(
                JdbcLimitTest.class.getClassLoader(), new Class<?>[] {Statement.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(statement, arguments);
                    if (method.getName().equals("cancel")) cancelled.countDown();
                    return result;
                });
    }

    /** Cancelling names no statement: a cancel that comes too late would hit whatever runs next. */
    @ParameterizedTest
    @EnumSource(Database.class)
    void aStatementThatEndsAtItsLimitDoesNoHarmToTheNext(Database database) throws SQLException {
        long[] millis = new long[1];
        woven.agent().pull(facts -> {
            if (((SqlFacts) facts).text().equals(database.brief)) facts.limit(millis[0]);
        });
        int late = 0;
        try (Connection connection = database.connect();
                Statement first = connection.createStatement();
                PreparedStatement next = connection.prepareStatement("SELECT 1")) {
            // A fast machine may have to try more often before a limit strikes.
            for (int i = 0; i < ROUNDS || (late == 0 && i < 50 * ROUNDS); i++) {
                // Around the time that the statement takes, on machines of different speed.
                millis[0] = 1 + i % 9;
                try {
                    first.executeQuery(database.brief).close();
                } catch (SQLTimeoutException e) {
                    late++;
                }
                try (ResultSet rows = next.executeQuery()) {
                    assertTrue(rows.next());
                }
                assertOne(first);
            }
        }
        assertTrue(late > 0, "no statement was ever cancelled");
    }

    private static void assertOne(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT 1")) {
            assertTrue(rows.next());
            assertEquals(1, rows.getInt(1));
        }
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void limitsOfManyConnectionsAreIndependent(Database database) throws Exception {
        limit(database.slow, 100);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> outcomes = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 3; i++) {
            Thread thread = new Thread(() -> {
                try (Connection connection = database.connect();
                        Statement statement = connection.createStatement()) {
                    statement.executeQuery(database.slow);
                } catch (SQLException e) {
                    outcomes.add(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) thread.join();
        assertEquals(3, outcomes.size());
        outcomes.forEach(outcome -> assertTrue(outcome instanceof SQLTimeoutException, outcome.toString()));
    }

    @Test
    void anInterruptOfTheWaitingThreadIsKept() throws SQLException {
        limit(Database.MARIADB.slow, 100);
        try (Connection connection = Database.MARIADB.connect();
                Statement statement = connection.createStatement()) {
            Thread.currentThread().interrupt();
            assertThrows(SQLTimeoutException.class, () -> statement.execute(Database.MARIADB.slow));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void aLimitThatIsNotReachedChangesNothing() throws SQLException {
        limit("SELECT 1", 60_000);
        try (Connection connection = Database.H2.connect();
                Statement statement = connection.createStatement()) {
            assertOne(statement);
        }
        assertEquals(List.of("begin SELECT 1", "end SELECT 1"), woven.agent().events());
    }

    @Test
    void aTransactionsEndHasNoLimit() throws SQLException {
        List<Boolean> limited = new ArrayList<>();
        woven.agent().pull(facts -> limited.add(facts.limit(50)));
        try (Connection connection = Database.H2.connect()) {
            connection.setAutoCommit(false);
            connection.commit();
        }
        assertEquals(List.of(false, false), limited);
    }

    @Test
    void aDriverThatCannotCancelIsFoundOut() throws SQLException {
        System.setProperty("derby.stream.error.file", "target/derby.log");
        String slow = "SELECT COUNT(*) FROM SYS.SYSCOLUMNS a, SYS.SYSCOLUMNS b, SYS.SYSTABLES c";
        List<Boolean> limited = new ArrayList<>();
        woven.agent().pull((CallFacts facts) -> limited.add(facts.limit(1)));
        try (Connection connection = DriverManager.getConnection("jdbc:derby:memory:weir;create=true");
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 2; i++) {
                try (ResultSet rows = statement.executeQuery(slow)) {
                    assertTrue(rows.next());
                    assertTrue(rows.getInt(1) > 0);
                }
            }
            assertFalse(statement.isClosed());
        }
        assertEquals(List.of(true, false), limited);
    }
}
