package example.springai;

import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.annotation.ToolParam;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** What the agent can do: charge a card, keep an order, write a receipt. */
final class ShopTools {

    /** A database in this JVM, with its tables. */
    static final String DATABASE = "jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1;"
            + "INIT=CREATE TABLE IF NOT EXISTS orders (article VARCHAR(40), quantity INT)"
            + "\\;CREATE TABLE IF NOT EXISTS memory (id VARCHAR(40), place INT, role VARCHAR(20), text VARCHAR)";

    private final RestClient http;
    private final RetryTemplate retry = new RetryTemplate(
            RetryPolicy.builder().maxRetries(2).delay(Duration.ofMillis(1)).build());
    private final String payments;
    private final Path directory;

    ShopTools(ObservationRegistry registry, String payments, String directory) {
        this.http = RestClient.builder()
                .requestFactory(new JdkClientHttpRequestFactory())
                .observationRegistry(registry)
                .build();
        this.payments = payments;
        this.directory = Path.of(directory);
    }

    @Tool(description = "Charges the customer's card")
    String charge(@ToolParam(description = "amount in cents") int cents) throws RetryException {
        return retry.<ResponseEntity<String>>execute(() -> http.post()
                        .uri(payments)
                        .contentType(MediaType.APPLICATION_JSON)
                        .body("{\"cents\":" + cents + "}")
                        .retrieve()
                        .toEntity(String.class))
                .toString();
    }

    @Tool(description = "Keeps an order")
    String order(@ToolParam(description = "article") String article, @ToolParam(description = "quantity") int quantity)
            throws SQLException {
        try (Connection connection = DriverManager.getConnection(DATABASE);
                PreparedStatement insert = connection.prepareStatement("INSERT INTO orders VALUES (?, ?)")) {
            insert.setString(1, article);
            insert.setInt(2, quantity);
            insert.executeUpdate();
        }
        return "ordered " + quantity + " " + article;
    }

    @Tool(description = "Writes the receipt")
    void receipt(@ToolParam(description = "text") String text) throws IOException {
        Files.writeString(directory.resolve("receipt.txt"), text);
    }

    @Tool(description = "Asks the stock, which is closed")
    String stock(@ToolParam(description = "article") String article) {
        throw new IllegalStateException("the stock is closed: " + article);
    }
}
