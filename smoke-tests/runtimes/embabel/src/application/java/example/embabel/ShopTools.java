package example.embabel;

import com.embabel.agent.api.annotation.LlmTool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.core.env.Environment;

/** What agents can do. */
public final class ShopTools {

    private final HttpClient client = HttpClient.newHttpClient();
    private final Environment settings;

    public ShopTools(Environment settings) {
        this.settings = settings;
    }

    /** Reserves an article. */
    String reserve(String article) throws IOException, InterruptedException {
        return post("shop.warehouse", article);
    }

    @LlmTool(description = "Charges the customer")
    public String charge(int cents) throws IOException, InterruptedException {
        return post("shop.payments", String.valueOf(cents));
    }

    @LlmTool(description = "Asks the stock, which is closed")
    public String stock(String article) {
        throw new IllegalStateException("the stock is closed: " + article);
    }

    /** A tool of Spring AI. */
    @Tool(description = "Packs an article")
    public String pack(String article) {
        return article + " in a box";
    }

    private String post(String where, String what) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(settings.getRequiredProperty(where)))
                        .POST(HttpRequest.BodyPublishers.ofString(what))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException(response.body());
        return response.body();
    }
}
