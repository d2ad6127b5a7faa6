package dev.weir.instrumentation.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A way to a database: straight from its driver, or out of a pool. */
record Access(Database database, boolean pooled) {

    private static final Map<Database, HikariDataSource> pools = new ConcurrentHashMap<>();

    static Stream<Access> all() {
        return Stream.of(Database.values())
                .flatMap(database -> Stream.of(new Access(database, false), new Access(database, true)));
    }

    Connection connect() throws SQLException {
        return pooled
                ? pools.computeIfAbsent(database, absent -> absent.pool(2)).getConnection()
                : database.connect();
    }

    HikariDataSource pool() {
        return pools.get(database);
    }

    @Override
    public String toString() {
        return database + (pooled ? " in HikariCP" : "");
    }
}
