package dev.weir.benchmark.workload;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A prepared select by key on a pooled connection to H2 in memory. */
final class JdbcWorkload implements Workload {

    private static final int ROWS = 1_000;

    /** H2 fills the table when it connects, so that no statement is there to be traced but the measured ones. */
    private static final String URL = "jdbc:h2:mem:benchmark;INIT=create table if not exists "
            + "item (id int primary key, name varchar(40)) as select x, 'item ' || x from system_range(0, "
            + (ROWS - 1)
            + ")";

    private final HikariDataSource pool;
    private int next;

    JdbcWorkload() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(URL);
        config.setMaximumPoolSize(1);
        pool = new HikariDataSource(config);
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
