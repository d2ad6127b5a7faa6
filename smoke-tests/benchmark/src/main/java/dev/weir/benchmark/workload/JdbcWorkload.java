package dev.weir.benchmark.workload;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A prepared select by key on a pooled connection to H2 in memory. */
final class JdbcWorkload implements Workload {

    private static final int ROWS = 1_000;

    private final HikariDataSource pool;
    private int next;

    JdbcWorkload() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:benchmark");
        config.setMaximumPoolSize(2);
        pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table item (id int primary key, name varchar(40))");
            statement.execute("insert into item select x, 'item ' || x from system_range(0, " + (ROWS - 1) + ")");
        }
    }

    @Override
    public void run(int operations) throws SQLException {
        for (int i = 0; i < operations; i++) {
            try (Connection connection = pool.getConnection();
                    PreparedStatement statement = connection.prepareStatement("select name from item where id = ?")) {
                next = (next + 1) % ROWS;
                statement.setInt(1, next);
                try (ResultSet rows = statement.executeQuery()) {
                    if (!rows.next()) {
                        throw new SQLException("no row " + next);
                    }
                    rows.getString(1);
                }
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
