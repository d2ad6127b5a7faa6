package dev.weir.instrumentation.jdkhttpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import dev.weir.instrumentation.testing.SelfSigned;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.OutputStream;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JdkHttpServerInstrumentationTest {

    @RegisterExtension
    final Woven woven = new Woven(new JdkHttpServerInstrumentation());

    private final HttpClient client = HttpClient.newHttpClient();
    private ExecutorService threads;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        threads = Executors.newCachedThreadPool();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private HttpContext serve(String path, HttpHandler handler) {
        return server.createContext(path, handler);
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private List<String> events(int ends) throws InterruptedException {
        woven.agent().awaitEnds(ends);
        return woven.agent().events();
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
    void headersThatComeTwiceAreKnown() throws Exception {
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        woven.agent().pull(facts -> {
            HttpFacts http = (HttpFacts) facts;
            seen.addAll(
                    List.of(http.repeatsHeader("X-Once"), http.repeatsHeader("x-twice"), http.repeatsHeader("x-none")));
        });
        serve("/", exchange -> reply(exchange, 200, ""));
        HttpRequest request = request("/")
                .header("x-once", "1")
                .header("x-twice", "1")
                .header("x-twice", "2")
                .build();
        client.send(request, HttpResponse.BodyHandlers.ofString());
        events(1);
        assertEquals(List.of(false, true, false), seen);
    }

    @Test
    void aRequestIsAScopeAroundItsHandler() throws Exception {
        AtomicReference<Object> inside = new AtomicReference<>();
        serve("/", exchange -> {
            inside.set(Hooks.capture());
            reply(exchange, 201, "made");
        });
        HttpResponse<String> response = client.send(
                request("/a/b?c=%20d").header("traceparent", "theirs").build(), HttpResponse.BodyHandlers.ofString());
        assertEquals("201 made", response.statusCode() + " " + response.body());
        assertEquals(
                List.of(
                        "begin served GET /a/b?c=%20d",
                        "replying served GET /a/b?c=%20d", "end served GET /a/b?c=%20d 201"),
                events(1));
        assertNotNull(inside.get());
        HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
        assertEquals(
                "http 127.0.0.1 " + server.getAddress().getPort(),
                facts.scheme() + " " + facts.host() + " " + facts.port());
        assertEquals("127.0.0.1", facts.peerAddress());
    }

    @Test
    void requestHeadersAreReadableAndReplyHeadersSettableUntilTheHeadIsSent() throws Exception {
        List<Object> seen = new ArrayList<>();
        woven.agent().pull(facts -> {
            seen.add(facts.header("Weir-Timeout-Ms"));
            seen.add(facts.header("nothing"));
            seen.add(facts.header("baggage"));
        });
        woven.agent().whenReplying(facts -> seen.add(facts.setResponseHeader("weir-attempts", "3")));
        serve("/", exchange -> {
            reply(exchange, 200, "");
            seen.add(woven.agent().begun().get(0).setResponseHeader("late", "1"));
        });
        HttpResponse<String> response = client.send(
                request("/")
                        .header("weir-timeout-ms", "70")
                        .header("baggage", "a=1")
                        .header("baggage", "b=2")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals("3", response.headers().firstValue("weir-attempts").orElseThrow());
        events(1);
        assertEquals("[70, null, a=1,b=2, true, false]", seen.toString());
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
        HttpResponse<String> head = client.send(
                request("/none")
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(204, head.statusCode());
        assertEquals(
                List.of(
                        "end served GET /none 204",
                        "end served GET /chunked 200",
                        "end served GET /closed 200",
                        "end served HEAD /none 204"),
                events(4).stream().filter(e -> e.startsWith("end")).toList());
    }

    @Test
    void anOldClientGetsAReplyOfUnknownLength() throws Exception {
        serve("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().close();
        });
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(reply.endsWith("\r\n\r\nx"), reply);
        }
        assertEquals("end served GET / 200", events(1).get(2));
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
        assertEquals("end served GET / 200", events(1).get(2));
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
        HttpResponse<String> known = client.send(
                request("/closed").header("Authorization", "Basic " + me).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, known.statusCode());
        assertEquals(
                List.of("end served GET / 200", "end served GET /closed 401", "end served GET /closed 200"),
                events(3).stream().filter(e -> e.startsWith("end")).toList());
        assertEquals(List.of(true, true, true, true), inside);
    }

    @Test
    void aHandlerThatThrowsEndsTheRequest() throws Exception {
        serve("/before", exchange -> {
            throw new IllegalStateException("no");
        });
        serve("/after", exchange -> {
            exchange.sendResponseHeaders(200, 10);
            throw new IOException("no");
        });
        assertThrows(IOException.class, () -> get("/before"));
        assertThrows(IOException.class, () -> get("/after"));
        List<String> ends =
                events(2).stream().filter(e -> e.startsWith("end")).distinct().toList();
        // The client may ask again by itself.
        assertTrue(ends.contains("end served GET /before IllegalStateException"), ends.toString());
        assertTrue(ends.contains("end served GET /after 200 IOException"), ends.toString());
        woven.agent().awaitEnds((int) woven.agent().begun().size());
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
        server.stop(0);
        threads.shutdownNow();
        threads = Executors.newSingleThreadExecutor();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        serve("/", handed::complete).getFilters().add(last);
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(request("/").build(), HttpResponse.BodyHandlers.ofString());
        HttpExchange exchange = handed.get(20, TimeUnit.SECONDS);
        threads.submit(() -> left.complete(Hooks.capture() == null));
        assertTrue(left.get(20, TimeUnit.SECONDS));
        assertEquals(List.of("begin served GET /"), woven.agent().events());
        reply(exchange, 202, "later");
        assertEquals("later", response.get(20, TimeUnit.SECONDS).body());
        assertEquals(List.of("begin served GET /", "replying served GET /", "end served GET / 202"), events(1));
    }

    @Test
    void anExchangeThatIsHandedOnMayHaveNoBody() throws Exception {
        CompletableFuture<HttpExchange> handed = new CompletableFuture<>();
        serve("/", handed::complete);
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(request("/").build(), HttpResponse.BodyHandlers.ofString());
        handed.get(20, TimeUnit.SECONDS).sendResponseHeaders(204, -1);
        assertEquals(204, response.get(20, TimeUnit.SECONDS).statusCode());
        assertEquals("end served GET / 204", events(1).get(2));
    }

    @Test
    void aRefusedRequestIsAnsweredWithoutItsHandler() throws Exception {
        woven.agent().deny(facts -> true);
        CompletableFuture<Object> called = new CompletableFuture<>();
        serve("/", called::complete);
        HttpResponse<String> response = client.send(
                request("/").POST(HttpRequest.BodyPublishers.ofString("body")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals("503 denied by test\n", response.statusCode() + " " + response.body());
        assertEquals(
                "text/plain; charset=utf-8",
                response.headers().firstValue("Content-Type").orElseThrow());
        HttpResponse<String> head = client.send(
                request("/").method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(503, head.statusCode());
        assertFalse(called.isDone());
        assertEquals(
                List.of("begin served POST /", "begin served HEAD /"),
                woven.agent().events());
    }

    @Test
    void nothingChangesWhenNobodyFollows() throws Exception {
        serve("/", exchange -> reply(exchange, 200, String.valueOf(Hooks.capture())));
        woven.agent().ignore(facts -> true);
        assertEquals("null", get("/").body());
        woven.agent().follow(false);
        assertEquals("null", get("/").body());
        assertEquals(List.of(), woven.agent().events());
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
        assertEquals(List.of("begin served GET /", "replying served GET /", "end served GET / 200"), events(1));
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
        assertEquals(2, events(2).stream().filter(e -> e.startsWith("end")).count());
    }

    @Test
    void manyRequestsAtOnce() throws Exception {
        serve("/", exchange -> {
            if (exchange.getRequestURI().getQuery().endsWith("0")) {
                threads.submit(() -> {
                    reply(exchange, 200, exchange.getRequestURI().getQuery());
                    return null;
                });
            } else {
                reply(exchange, 200, exchange.getRequestURI().getQuery());
            }
        });
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            responses.add(client.sendAsync(request("/?" + i).build(), HttpResponse.BodyHandlers.ofString()));
        }
        for (int i = 0; i < responses.size(); i++) {
            assertEquals("" + i, responses.get(i).get(20, TimeUnit.SECONDS).body());
        }
        assertEquals(
                100,
                events(100).stream().filter(e -> e.startsWith("end")).distinct().count());
        assertNull(Hooks.capture());
    }
}
