package example.langchain4j;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** What the agent can do: charge a card, keep an order, write a receipt. */
final class ShopTools {

    /** A database in this JVM, with its tables. */
    static final String DATABASE = "jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1;"
            + "INIT=CREATE TABLE IF NOT EXISTS orders (article VARCHAR(40), quantity INT)"
            + "\\;CREATE TABLE IF NOT EXISTS memory (id VARCHAR(40) PRIMARY KEY, messages VARCHAR)";

    private static final int TRIES = 3;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String payments;
    private final Path directory;

    ShopTools(String payments, String directory) {
        this.payments = payments;
        this.directory = Path.of(directory);
    }

    @Tool("Charges the customer's card")
    String charge(@P("amount in cents") int cents) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(payments))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"cents\":" + cents + "}"))
                .build();
        IOException failure = null;
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            try {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() < 500) return answer.body();
                failure = new IOException("payments answered " + answer.statusCode());
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure == null ? new IOException("not tried") : failure;
    }

    @Tool("Keeps an order")
    String order(@P("article") String article, @P("quantity") int quantity) throws SQLException {
        try (Connection connection = DriverManager.getConnection(DATABASE);
                PreparedStatement insert = connection.prepareStatement("INSERT INTO orders VALUES (?, ?)")) {
            insert.setString(1, article);
            insert.setInt(2, quantity);
            insert.executeUpdate();
        }
        return "ordered " + quantity + " " + article;
    }

    @Tool("Writes the receipt")
    void receipt(@P("text") String text) throws IOException {
        Files.writeString(directory.resolve("receipt.txt"), text);
    }

    @Tool("Asks the stock, which is closed")
    String stock(@P("article") String article) {
        throw new IllegalStateException("the stock is closed: " + article);
    }
}
