package example.shop.worker;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import example.shop.Reply;
import example.shop.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Logger;

/** The worker process: reserves stock, moves money, writes reports. */
public final class Worker {
    private static final Logger LOG = Logger.getLogger(Worker.class.getName());
    private static final int TRIES = 3;

    private final OrderStore store;
    private final PaymentClient payments;
    private final Path reports;

    private Worker(OrderStore store, PaymentClient payments, Path reports) {
        this.store = store;
        this.payments = payments;
        this.reports = reports;
    }

    /** Arguments: the JDBC URL of the database, the URL of the payment provider, the folder for reports. */
    public static void main(String[] arguments) throws IOException, InterruptedException, SQLException {
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(arguments[0]);
        pool.setMaximumPoolSize(4);
        pool.setMinimumIdle(1);
        OrderStore store = new OrderStore(new HikariDataSource(pool));
        store.createTables();
        Worker worker = new Worker(store, new PaymentClient(arguments[1]), Path.of(arguments[2]));
        new Service("worker")
                .at("/stock", worker::reserve)
                .at("/charges", form -> worker.pay("charge", form))
                .at("/refunds", form -> worker.pay("refund", form))
                .at("/reports", worker::report)
                .run();
    }

    private Reply reserve(Map<String, String> form) throws SQLException {
        boolean reserved = store.reserve(order(form), text(form, "article"), number(form, "quantity"));
        System.out.println("stock for order " + order(form) + ": " + (reserved ? "reserved" : "sold out"));
        return new Reply(200, reserved ? "stock reserved" : "sold out");
    }

    private Reply pay(String kind, Map<String, String> form) throws SQLException, InterruptedException {
        int order = order(form);
        String outcome = "failed";
        try {
            long payment = store.openPayment(order, kind, number(form, "cents"));
            for (int attempt = 1; attempt <= TRIES; attempt++) {
                try {
                    payments.send("/" + kind + "s", order, number(form, "cents"));
                    outcome = "done";
                    break;
                } catch (IOException e) {
                    LOG.info(kind + " of order " + order + ": " + e);
                    Thread.sleep(50);
                }
            }
            store.closePayment(payment, outcome);
        } finally {
            System.out.println(kind + " of order " + order + ": " + outcome);
            LOG.info(kind + " of order " + order + " ends: " + outcome);
        }
        return outcome.equals("done") ? new Reply(200, kind + " done") : new Reply(502, kind + " failed");
    }

    private Reply report(Map<String, String> form) throws SQLException, IOException {
        Path report = reports.resolve("order-" + order(form) + ".txt");
        Files.writeString(report, store.describe(order(form)));
        System.out.println("report written: " + report.getFileName());
        return new Reply(200, "report written to " + report.getFileName());
    }

    private static int order(Map<String, String> form) {
        return number(form, "order");
    }

    private static int number(Map<String, String> form, String field) {
        return Integer.parseInt(text(form, field));
    }

    private static String text(Map<String, String> form, String field) {
        return Objects.requireNonNull(form.get(field), field);
    }
}
