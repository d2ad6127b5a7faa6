package example.adk;

import com.google.adk.tools.Annotations.Schema;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What agents can do in this JVM: ask the stock, reserve, write a receipt. */
public final class ShopTools {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private ShopTools() {}

    @Schema(description = "Asks the stock, which is closed")
    public static Map<String, Object> stock(@Schema(name = "article", description = "article") String article) {
        throw new IllegalStateException("the stock is closed: " + article);
    }

    @Schema(description = "Reserves an article")
    public static Map<String, Object> reserve(@Schema(name = "article", description = "article") String article)
            throws IOException, InterruptedException {
        URI warehouse = URI.create(System.getProperty("warehouse"));
        int status = CLIENT.send(
                        HttpRequest.newBuilder(warehouse)
                                .POST(HttpRequest.BodyPublishers.ofString(article))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
        return Map.of("status", status);
    }

    @Schema(description = "Writes the receipt")
    public static Map<String, Object> receipt(@Schema(name = "text", description = "text") String text)
            throws IOException {
        Files.writeString(Path.of(System.getProperty("receipts")).resolve("receipt.txt"), text);
        return Map.of("written", true);
    }
}
