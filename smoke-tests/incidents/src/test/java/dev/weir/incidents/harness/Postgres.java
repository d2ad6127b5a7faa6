package dev.weir.incidents.harness;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server that is started when it is first needed. */
public final class Postgres implements AutoCloseable {

    private @Nullable EmbeddedPostgres server;
    private int databases;

    /**
     * Creates a new database.
     *
     * @param schema the statements that fill it
     * @return its JDBC URL
     */
    public synchronized String database(String... schema) throws IOException, SQLException {
        if (server == null) server = EmbeddedPostgres.start();
        String name = "incident" + databases++;
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        String url = server.getJdbcUrl("postgres", name);
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : schema) statement.execute(sql);
        }
        return url;
    }

    @Override
    public synchronized void close() throws IOException {
        if (server != null) server.close();
    }
}
