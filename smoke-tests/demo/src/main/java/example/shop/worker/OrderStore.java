package example.shop.worker;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Stock, reservations and payments in SQL. */
final class OrderStore {
    private final DataSource database;

    OrderStore(DataSource database) {
        this.database = database;
    }

    void createTables() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table stock (article text primary key, quantity int not null)");
            statement.execute("create table reservations (order_id int, article text, quantity int)");
            statement.execute("create table payments (id bigint generated always as identity primary key,"
                    + " order_id int, kind text, cents int, status text)");
            statement.execute("insert into stock values ('keyboard', 10)");
        }
    }

    boolean reserve(int order, String article, int quantity) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement take = connection.prepareStatement(
                            "update stock set quantity = quantity - ? where article = ? and quantity >= ?");
                    PreparedStatement reserve =
                            connection.prepareStatement("insert into reservations values (?, ?, ?)")) {
                take.setInt(1, quantity);
                take.setString(2, article);
                take.setInt(3, quantity);
                boolean taken = take.executeUpdate() == 1;
                if (taken) {
                    reserve.setInt(1, order);
                    reserve.setString(2, article);
                    reserve.setInt(3, quantity);
                    reserve.executeUpdate();
                }
                connection.commit();
                return taken;
            }
        }
    }

    long openPayment(int order, String kind, int cents) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into payments (order_id, kind, cents, status) values (?, ?, ?, 'open') returning id")) {
            insert.setInt(1, order);
            insert.setString(2, kind);
            insert.setInt(3, cents);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    void closePayment(long payment, String status) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("update payments set status = ? where id = ?")) {
            update.setString(1, status);
            update.setLong(2, payment);
            update.executeUpdate();
        }
    }

    String describe(int order) throws SQLException {
        StringBuilder text = new StringBuilder("order " + order + "\n");
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select kind, cents, status, count(*) from payments where order_id = ? group by 1, 2, 3")) {
            select.setInt(1, order);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    text.append(row.getString(1) + " of " + row.getInt(2) + " cents: " + row.getString(3) + ", "
                            + row.getInt(4) + " times\n");
                }
            }
        }
        return text.toString();
    }
}
