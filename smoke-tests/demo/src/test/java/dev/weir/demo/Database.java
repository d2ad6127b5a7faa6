package dev.weir.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A PostgreSQL server for the time of the demo. */
final class Database implements AutoCloseable {
    private final Path data;
    private final EmbeddedPostgres server;

    private Database(Path data, EmbeddedPostgres server) {
        this.data = data;
        this.server = server;
    }

    /** Starts it; the unpacked binaries stay in the folder for the next time. */
    static Database start(Path binaries) throws IOException, StepFailed {
        Logger.getLogger("io.zonky").setLevel(Level.OFF);
        Path data = Files.createTempDirectory("weir-demo-postgres");
        try {
            return new Database(
                    data,
                    EmbeddedPostgres.builder()
                            .setOverrideWorkingDirectory(binaries.toFile())
                            .setDataDirectory(data)
                            .start());
        } catch (IOException | RuntimeException e) {
            Cleanup.deleteFolder(data);
            throw new StepFailed(
                    "PostgreSQL did not start (as root in a container it cannot: run as another user): " + e);
        }
    }

    /** Makes an empty database and returns its JDBC URL. */
    String create(String name) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return server.getJdbcUrl("postgres", name);
    }

    @Override
    public void close() throws IOException {
        server.close();
        Cleanup.deleteFolder(data);
    }
}
