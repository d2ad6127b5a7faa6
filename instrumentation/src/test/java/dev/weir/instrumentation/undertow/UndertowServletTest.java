package dev.weir.instrumentation.undertow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.servlet.ServletInstrumentation;
import dev.weir.instrumentation.testing.Woven;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A servlet in Undertow: two adapters see its request, and one follows it. Runs with {@code mvn -Pmatrix}: Undertow needs a
 * newer API of servlets than the one that this module is compiled with.
 */
class UndertowServletTest {

    @RegisterExtension
    final Woven woven = new Woven(new UndertowInstrumentation(), new ServletInstrumentation());

    private @Nullable Undertow server;

    /** Says whether it runs inside a request. */
    public static final class Where extends HttpServlet {

        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setStatus(201);
            response.getWriter().write(Hooks.capture() == null ? "outside" : "inside");
        }
    }

    @BeforeEach
    void start() throws Exception {
        assumeTrue(knows("jakarta.servlet.ServletConnection"));
        DeploymentManager shop = Servlets.defaultContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(UndertowServletTest.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("shop")
                        .addServlet(Servlets.servlet("where", Where.class).addMapping("/*")));
        shop.deploy();
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1", shop.start())
                .setIoThreads(1)
                .setWorkerThreads(2)
                .build();
        server.start();
    }

    @AfterEach
    void stop() {
        if (server != null) server.stop();
    }

    private static boolean knows(String className) {
        try {
            Class.forName(className);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @Tag("traced-sync")
    void itsRequestIsCountedOnce() throws Exception {
        woven.agent().alsoFollow("servlet");
        woven.agent().whenReplying(facts -> facts.setResponseHeader("weir-attempts", "3"));
        HttpResponse<String> response = get("/cart");
        assertEquals("201 inside", response.statusCode() + " " + response.body());
        assertEquals(List.of("3"), response.headers().allValues("weir-attempts"));
        woven.agent().awaitEnds(1);
        assertEquals(
                List.of("begin served GET /cart", "end served GET /cart 201"),
                woven.agent().events().stream()
                        .filter(event -> !event.startsWith("replying"))
                        .toList());
    }
}
