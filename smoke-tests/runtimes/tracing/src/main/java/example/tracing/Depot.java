package example.tracing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Ships a parcel: asks its own server, which writes it into a database. Makes no spans. */
public final class Depot {

    private static final String DATABASE =
            "jdbc:h2:mem:depot;DB_CLOSE_DELAY=-1;INIT=CREATE TABLE IF NOT EXISTS parcels (name VARCHAR)";

    private Depot() {}

    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/parcels", Depot::store);
        server.start();
        try {
            ship("http://localhost:" + server.getAddress().getPort() + "/parcels");
        } finally {
            server.stop(0);
        }
        System.out.println("shipped");
    }

    private static void ship(String url) throws IOException {
        HttpURLConnection request = (HttpURLConnection) URI.create(url).toURL().openConnection();
        request.setDoOutput(true);
        try (OutputStream body = request.getOutputStream()) {
            body.write("atlas".getBytes(StandardCharsets.UTF_8));
        }
        if (request.getResponseCode() != 204) throw new IOException("answered " + request.getResponseCode());
    }

    private static void store(HttpExchange exchange) throws IOException {
        String name = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        try (Connection connection = DriverManager.getConnection(DATABASE);
                PreparedStatement insert = connection.prepareStatement("INSERT INTO parcels (name) VALUES (?)")) {
            insert.setString(1, name);
            insert.executeUpdate();
            exchange.sendResponseHeaders(204, -1);
        } catch (SQLException e) {
            exchange.sendResponseHeaders(500, -1);
        } finally {
            exchange.close();
        }
    }
}
