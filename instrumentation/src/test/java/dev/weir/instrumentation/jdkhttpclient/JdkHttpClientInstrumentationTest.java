package dev.weir.instrumentation.jdkhttpclient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdkHttpClientInstrumentationTest {

    @RegisterExtension
    final Woven woven = new Woven(new JdkHttpClientInstrumentation());

    private final CountDownLatch release = new CountDownLatch(1);
    private HttpServer server;
    private HttpClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            byte[] reply = String.valueOf(exchange.getRequestHeaders().getFirst("traceparent"))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/503") ? 503 : 200, reply.length);
            exchange.getResponseBody().write(reply);
            exchange.close();
        });
        server.createContext("/hang", exchange -> {
            awaitRelease();
            exchange.close();
        });
        server.createContext("/drip", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            awaitRelease();
            exchange.close();
        });
        server.start();
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.stop(0);
    }

    private void awaitRelease() {
        try {
            release.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    }

    @Test
    void blockingCallIsSeenAndCarriesHeaders() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.setHeader("traceparent", "from-weir")));
        HttpResponse<String> response = client.send(request("/a?b=c").build(), HttpResponse.BodyHandlers.ofString());
        assertEquals("from-weir", response.body());
        assertEquals(
                List.of("begin GET /a?b=c", "end GET /a?b=c 200"), woven.agent().events());
    }

    @Test
    void asynchronousCallEndsBeforeItsFutureCompletes() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.setHeader("traceparent", "from-weir")));
        List<String> seen = client.sendAsync(request("/503").build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> woven.agent().events())
                .get(10, TimeUnit.SECONDS);
        assertEquals(List.of("begin GET /503", "end GET /503 503"), seen);
    }

    @Test
    void deniedCallsNeverLeave() throws Exception {
        woven.agent().deny(facts -> true);
        IOException thrown = assertThrows(
                IOException.class, () -> client.send(request("/").build(), HttpResponse.BodyHandlers.discarding()));
        assertEquals("denied by test", thrown.getMessage());
        ExecutionException failed = assertThrows(
                ExecutionException.class,
                () -> client.sendAsync(request("/").build(), HttpResponse.BodyHandlers.discarding())
                        .get(10, TimeUnit.SECONDS));
        assertInstanceOf(IOException.class, failed.getCause());
    }

    @Test
    void limitEndsACallThatGetsNoReply() {
        woven.agent().pull(facts -> assertTrue(facts.limit(200)));
        assertThrows(
                HttpTimeoutException.class,
                () -> client.send(request("/hang").build(), HttpResponse.BodyHandlers.discarding()));
        assertEquals(
                List.of("begin GET /hang", "end GET /hang HttpTimeoutException"),
                woven.agent().events());
    }

    @Test
    void limitEndsABodyThatNeverEnds() {
        woven.agent().pull(facts -> assertTrue(facts.limit(200)));
        IOException thrown = assertThrows(
                IOException.class, () -> client.send(request("/drip").build(), HttpResponse.BodyHandlers.ofString()));
        assertTrue(thrown.getMessage().contains("deadline"), thrown.toString());
    }

    @Test
    void streamedBodyIsLimitedToo() throws Exception {
        woven.agent().pull(facts -> facts.limit(200));
        InputStream body = client.send(request("/drip").build(), HttpResponse.BodyHandlers.ofInputStream())
                .body();
        assertThrows(IOException.class, body::readAllBytes);
    }

    @Test
    void cancellingTheFutureCancelsTheExchange() throws Exception {
        CompletableFuture<HttpResponse<Void>> future =
                client.sendAsync(request("/hang").build(), HttpResponse.BodyHandlers.discarding());
        future.thenApply(HttpResponse::statusCode).cancel(true);
        woven.agent().awaitEnds(1);
        assertTrue(future.isDone());
    }

    @Test
    void bodiesInMemoryAreReadWithoutConsumingThem() throws Exception {
        byte[][] seen = new byte[2][];
        woven.agent().pull(facts -> {
            HttpFacts http = (HttpFacts) facts;
            seen[http.path().equals("/bytes") ? 0 : 1] = http.replayableBody(1024);
        });
        client.send(
                request("/bytes")
                        .POST(HttpRequest.BodyPublishers.ofString("pay 10"))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        client.send(
                request("/stream")
                        .POST(HttpRequest.BodyPublishers.ofInputStream(InputStream::nullInputStream))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        assertArrayEquals("pay 10".getBytes(StandardCharsets.UTF_8), seen[0]);
        assertEquals(null, seen[1]);
        assertEquals(4, woven.agent().events().size());
    }

    @Test
    void headersOfTheRequestAreFacts() throws Exception {
        List<String> seen = new ArrayList<>();
        woven.agent().pull(facts -> {
            for (String name : List.of("X-Stainless-Retry-Count", "x-twice", "x-none")) {
                seen.add(facts.header(name) + " " + ((HttpFacts) facts).repeatsHeader(name));
            }
        });
        HttpRequest request = request("/")
                .header("x-stainless-retry-count", "2")
                .header("X-Twice", "1")
                .header("x-twice", "2")
                .build();
        client.send(request, HttpResponse.BodyHandlers.discarding());
        assertEquals(List.of("2 false", "1 true", "null false"), seen);
    }

    @Test
    void ownTimeoutOfTheRequestIsAFact() throws Exception {
        client.send(request("/").timeout(Duration.ofMillis(7_000)).build(), HttpResponse.BodyHandlers.discarding());
        assertEquals(7_000, woven.agent().begun().get(0).callerTimeoutMillis());
    }

    @Test
    void refusedConnectionEndsWithItsException() {
        int port = server.getAddress().getPort();
        server.stop(0);
        assertThrows(
                IOException.class,
                () -> client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding()));
        assertTrue(
                woven.agent().events().contains("end GET / ConnectException"),
                woven.agent().events().toString());
    }
}
