package dev.weir.instrumentation.jdkhttpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.HttpServerContract;
import dev.weir.instrumentation.testing.SelfSigned;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class JdkHttpServerInstrumentationTest extends HttpServerContract {

    @RegisterExtension
    final Woven woven = new Woven(new JdkHttpServerInstrumentation(), new ThreadsInstrumentation());

    private ExecutorService threads;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        start(Executors.newCachedThreadPool());
        serve("/inside", exchange -> reply(exchange, 200, here()));
        serve("/later", exchange -> threads.execute(() -> replyHere(exchange)));
        serve("/worker", exchange -> threads.execute(() -> replyHere(exchange)));
        serve("/pieces", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write("some ".getBytes(StandardCharsets.UTF_8));
                out.flush();
                out.write(here().getBytes(StandardCharsets.UTF_8));
            }
        });
        serve("/status/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            exchange.sendResponseHeaders(Integer.parseInt(path.substring("/status/".length())), -1);
        });
        serve("/throws", exchange -> {
            throw new IllegalStateException("as the test wants it");
        });
        serve("/length", exchange -> {
            int length = exchange.getRequestBody().readAllBytes().length;
            reply(exchange, 200, length + " " + here());
        });
    }

    private void start(ExecutorService executor) throws IOException {
        threads = executor;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected int port() {
        return server.getAddress().getPort();
    }

    // It hangs up without an answer.
    @Override
    protected String endOfThrowing() {
        return "IllegalStateException";
    }

    private HttpContext serve(String path, HttpHandler handler) {
        return server.createContext(path, handler);
    }

    private static void replyHere(HttpExchange exchange) {
        try {
            reply(exchange, 200, here());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private HttpResponse<String> head(String path) throws Exception {
        return send(request(path)
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());
    }

    private List<String> ends(int count) throws InterruptedException {
        return events(count).stream().filter(event -> event.startsWith("end")).toList();
    }

    @Test
    void wovenClassesAreSound() throws Exception {
        for (String name : List.of(
                "com.sun.net.httpserver.Filter$Chain",
                "sun.net.httpserver.HttpExchangeImpl",
                "sun.net.httpserver.HttpsExchangeImpl",
                "sun.net.httpserver.FixedLengthOutputStream",
                "sun.net.httpserver.ChunkedOutputStream",
                "sun.net.httpserver.UndefLengthOutputStream")) {
            woven.assertSound(Class.forName(name, false, HttpServer.class.getClassLoader()));
        }
        assertEquals(Set.of(), woven.adapter().unmatched());
    }

    @Test
    void everyFormOfReplyEndsTheRequest() throws Exception {
        serve("/none", exchange -> exchange.sendResponseHeaders(204, -1));
        serve("/chunked", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write("some".getBytes(StandardCharsets.UTF_8));
            }
        });
        serve("/closed", exchange -> {
            exchange.sendResponseHeaders(200, 4);
            exchange.getResponseBody().write("some".getBytes(StandardCharsets.UTF_8));
            exchange.close();
            exchange.close();
        });
        assertEquals(204, get("/none").statusCode());
        events(1);
        assertEquals("some", get("/chunked").body());
        events(2);
        assertEquals("some", get("/closed").body());
        events(3);
        assertEquals(204, head("/none").statusCode());
        assertEquals(
                List.of(
                        "end served GET /none 204",
                        "end served GET /chunked 200",
                        "end served GET /closed 200",
                        "end served HEAD /none 204"),
                ends(4));
    }

    @Test
    void anOldClientGetsAReplyOfUnknownLength() throws Exception {
        serve("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().close();
        });
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(reply.endsWith("\r\n\r\nx"), reply);
        }
        assertEquals("end served GET / 200", events(1).get(1));
        assertEquals("", ((HttpFacts) woven.agent().begun().get(0)).host());
    }

    @Test
    void workAfterTheReplyIsStillInside() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        CompletableFuture<Object> after = new CompletableFuture<>();
        serve("/", exchange -> {
            reply(exchange, 200, "done");
            try {
                received.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            after.complete(woven.agent().events() + " " + (Hooks.capture() != null));
        });
        assertEquals("done", get("/").body());
        received.countDown();
        assertEquals("[begin served GET /, replying served GET /] true", after.get(20, TimeUnit.SECONDS));
        assertEquals("end served GET / 200", events(1).get(1));
    }

    @Test
    void filtersAndAuthenticatorsAreInside() throws Exception {
        List<Boolean> inside = new ArrayList<>();
        HttpContext context = serve("/", exchange -> {
            inside.add(Hooks.capture() != null);
            reply(exchange, 200, "");
        });
        context.getFilters().add(new Filter() {
            @Override
            public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                inside.add(Hooks.capture() != null);
                chain.doFilter(new WrappedExchange(exchange));
            }

            @Override
            public String description() {
                return "wraps";
            }
        });
        context.getFilters().add(Filter.beforeHandler("sees", exchange -> inside.add(Hooks.capture() != null)));
        serve("/closed", exchange -> reply(exchange, 200, "")).setAuthenticator(new BasicAuthenticator("test") {
            @Override
            public boolean checkCredentials(String user, String password) {
                inside.add(Hooks.capture() != null);
                return user.equals("me");
            }
        });
        assertEquals(200, get("/").statusCode());
        events(1);
        assertEquals(401, get("/closed").statusCode());
        events(2);
        String me = Base64.getEncoder().encodeToString("me:pw".getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> known =
                send(request("/closed").header("Authorization", "Basic " + me).build());
        assertEquals(200, known.statusCode());
        assertEquals(
                List.of("end served GET / 200", "end served GET /closed 401", "end served GET /closed 200"), ends(3));
        assertEquals(List.of(true, true, true, true), inside);
    }

    @Test
    void anExceptionAfterTheHeadKeepsItsStatus() throws Exception {
        serve("/after", exchange -> {
            exchange.sendResponseHeaders(200, 10);
            throw new IOException("no");
        });
        // A GET would be sent again.
        HttpRequest post =
                request("/after").POST(HttpRequest.BodyPublishers.noBody()).build();
        assertThrows(IOException.class, () -> send(post));
        assertEquals("end served POST /after 200 IOException", events(1).get(1));
    }

    @Test
    void aRefusedHeadRequestHasNoBody() throws Exception {
        woven.agent().deny(facts -> true);
        assertEquals(503, head("/inside").statusCode());
        assertEquals(List.of("begin served HEAD /inside"), woven.agent().events());
    }

    @Test
    void anExchangeThatIsHandedOnEndsWithItsReply() throws Exception {
        CompletableFuture<HttpExchange> handed = new CompletableFuture<>();
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        Filter last = new Filter() {
            @Override
            public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                chain.doFilter(exchange);
            }

            @Override
            public String description() {
                return "passes";
            }
        };
        // With one thread it is the request's thread that takes the next task.
        stop();
        start(Executors.newSingleThreadExecutor());
        serve("/", handed::complete).getFilters().add(last);
        CompletableFuture<HttpResponse<String>> response =
                sendAsync(request("/").build());
        HttpExchange exchange = handed.get(20, TimeUnit.SECONDS);
        threads.submit(() -> left.complete(Hooks.capture() == null));
        assertTrue(left.get(20, TimeUnit.SECONDS));
        assertEquals(List.of("begin served GET /"), woven.agent().events());
        reply(exchange, 202, "later");
        assertEquals("later", response.get(20, TimeUnit.SECONDS).body());
        assertEquals(List.of("begin served GET /", "end served GET / 202"), events(1));
    }

    @Test
    void anExchangeThatIsHandedOnMayHaveNoBody() throws Exception {
        CompletableFuture<HttpExchange> handed = new CompletableFuture<>();
        serve("/", handed::complete);
        CompletableFuture<HttpResponse<String>> response =
                sendAsync(request("/").build());
        handed.get(20, TimeUnit.SECONDS).sendResponseHeaders(204, -1);
        assertEquals(204, response.get(20, TimeUnit.SECONDS).statusCode());
        assertEquals("end served GET / 204", events(1).get(1));
    }

    @Test
    void requestsOverTlsToo(@TempDir Path folder) throws Exception {
        SSLContext tls = SelfSigned.tls(folder);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        secure.setExecutor(threads);
        secure.createContext("/", exchange -> reply(exchange, 200, "safe"));
        secure.start();
        try {
            HttpResponse<String> response = HttpClient.newBuilder()
                    .sslContext(tls)
                    .build()
                    .send(
                            HttpRequest.newBuilder(URI.create("https://127.0.0.1:"
                                            + secure.getAddress().getPort() + "/"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals("safe", response.body());
        } finally {
            secure.stop(0);
        }
        assertEquals(List.of("begin served GET /", "end served GET / 200"), events(1));
        assertEquals("https", ((HttpFacts) woven.agent().begun().get(0)).scheme());
    }

    @Test
    void anInnerRequestIsAScopeOfItsOwn() throws Exception {
        serve("/inner", exchange -> reply(exchange, 200, "inner"));
        serve("/outer", exchange -> {
            try {
                reply(exchange, 200, "outer " + get("/inner").body());
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        assertEquals("outer inner", get("/outer").body());
        assertEquals(2, ends(2).size());
    }
}
