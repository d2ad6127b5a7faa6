package dev.weir.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/** What the agent itself sends is what the page understands. */
class AgentIT {
    @RegisterExtension
    static final OpenedPage page = new OpenedPage();

    @Test
    void aLoopAgainstAShopThatIsDown() throws Exception {
        HttpServer shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        shop.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        shop.start();
        try {
            buy("http://127.0.0.1:" + shop.getAddress().getPort() + "/orders");
        } finally {
            shop.stop(0);
        }
        page.open("#/?service=shopper");
        page.browser.awaitText(".list-row", "/orders");
        page.browser.find(".list-row").click();
        page.browser.awaitText(".in-short", "× 6 POST /orders by shopper");
        page.browser.awaitText(".in-short", "retry-budget would have refused 2 calls");
        page.browser.awaitText(".tree-row", "6 attempts failed in the end");
        page.browser.awaitText(".tree-row", "attempt 5 503");
        page.browser.awaitText(".tree-row .key", "key ");
        page.browser.press("n", Keys.ENTER);
        page.browser.awaitText(".details", "weir.instrumentation jdk-http-client");
        page.browser.awaitText(".siblings", "6 spans of this chain have it");
        page.browser.shoot("agent-light");
    }

    private static void buy(String url) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path classes = Path.of(Shopper.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        ProcessBuilder builder = new ProcessBuilder(
                java.toString(),
                "-javaagent:" + System.getProperty("weir.jar"),
                "-cp",
                classes.toString(),
                Shopper.class.getName(),
                url);
        builder.environment()
                .putAll(Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        page.serve.page.toString().replaceAll("/$", ""),
                        "OTEL_SERVICE_NAME",
                        "shopper"));
        Process shopper = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(shopper.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(shopper.waitFor(60, TimeUnit.SECONDS));
        assertEquals("no book\n", said);
    }
}
