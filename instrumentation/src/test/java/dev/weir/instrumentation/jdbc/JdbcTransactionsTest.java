package dev.weir.instrumentation.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.SqlFacts;
import dev.weir.instrumentation.testing.Woven;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JdbcTransactionsTest {

    private static final String INSERT = "INSERT INTO item VALUES (1, 'a')";

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

    private List<String> begun() {
        return woven.agent().begun().stream()
                .map(facts -> ((SqlFacts) facts).text())
                .toList();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM item")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void beginAndEndAreSeenOnce(Access access) throws SQLException {
        try (Connection connection = access.connect()) {
            connection.setAutoCommit(false);
            execute(connection, INSERT);
            connection.commit();
            execute(connection, "DELETE FROM item");
            connection.rollback();
            connection.setAutoCommit(true);
        }
        assertEquals(List.of("BEGIN", INSERT, "COMMIT", "DELETE FROM item", "ROLLBACK"), begun());
        woven.agent().events().forEach(event -> assertTrue(!event.contains("Exception"), event));
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void turningAutomaticCommitsOnCommits(Access access) throws SQLException {
        try (Connection connection = access.connect()) {
            connection.setAutoCommit(true);
            connection.setAutoCommit(false);
            connection.setAutoCommit(false);
            execute(connection, INSERT);
            connection.setAutoCommit(true);
            connection.setAutoCommit(true);
            assertEquals(List.of("BEGIN", INSERT, "COMMIT"), begun());
            assertEquals(1, count(connection));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void goingBackToASavepointIsNotTheEnd(Access access) throws SQLException {
        try (Connection connection = access.connect()) {
            connection.setAutoCommit(false);
            execute(connection, INSERT);
            Savepoint savepoint = connection.setSavepoint("here");
            execute(connection, "DELETE FROM item");
            connection.rollback(savepoint);
            connection.commit();
            connection.setAutoCommit(true);
            assertEquals(1, count(connection));
        }
        // Some drivers execute a statement to set the savepoint.
        List<String> marks = begun().stream()
                .filter(text -> !text.toUpperCase().startsWith("SAVEPOINT"))
                .toList();
        assertEquals(
                List.of(
                        "BEGIN",
                        INSERT,
                        "DELETE FROM item",
                        "ROLLBACK TO SAVEPOINT",
                        "COMMIT",
                        "SELECT COUNT(*) FROM item"),
                marks);
    }

    @ParameterizedTest
    @MethodSource("dev.weir.instrumentation.jdbc.Access#all")
    void aCommitCanBeRefusedAndARollbackCannot(Access access) throws SQLException {
        try (Connection connection = access.connect()) {
            connection.setAutoCommit(false);
            execute(connection, INSERT);
            woven.agent().deny(facts -> true);
            assertThrows(SQLException.class, connection::commit);
            connection.rollback();
            connection.setAutoCommit(true);
            woven.agent().deny(facts -> false);
            assertEquals(0, count(connection));
        }
        assertEquals(List.of("BEGIN", INSERT, "COMMIT", "ROLLBACK", "SELECT COUNT(*) FROM item"), begun());
    }

    @Test
    void aFailedCommitEndsWithItsException() throws SQLException {
        try (Connection connection = Database.POSTGRESQL.connect()) {
            assertThrows(SQLException.class, connection::commit);
        }
        assertEquals(
                List.of("begin COMMIT", "end COMMIT 25P01 PSQLException"),
                woven.agent().events());
    }

    @Test
    void whatAPoolRollsBackIsSeen() throws SQLException {
        try (var pool = Database.POSTGRESQL.pool(1)) {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                execute(connection, INSERT);
            }
        }
        assertEquals(List.of("BEGIN", INSERT, "ROLLBACK"), begun());
    }
}
