package dev.weir.instrumentation.jdkhttpclient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.RefusingPort;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
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
        // Long enough to connect, which would end with another exception.
        woven.agent().pull(facts -> assertTrue(facts.limit(1_500)));
        assertThrows(
                HttpTimeoutException.class,
                () -> client.send(request("/hang").build(), HttpResponse.BodyHandlers.discarding()));
        assertEquals(
                List.of("begin GET /hang", "end GET /hang HttpTimeoutException"),
                woven.agent().events());
    }

    @Test
    void limitEndsABodyThatNeverEnds() {
        woven.agent().pull(facts -> assertTrue(facts.limit(1_500)));
        IOException thrown = assertThrows(
                IOException.class, () -> client.send(request("/drip").build(), HttpResponse.BodyHandlers.ofString()));
        assertTrue(thrown.getMessage().contains("deadline"), thrown.toString());
    }

    @Test
    void streamedBodyIsLimitedToo() throws Exception {
        woven.agent().pull(facts -> facts.limit(1_500));
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
    void refusedConnectionEndsWithItsException() throws Exception {
        try (RefusingPort nobody = new RefusingPort()) {
            HttpRequest call =
                    HttpRequest.newBuilder(URI.create(nobody.url("/"))).build();
            assertThrows(IOException.class, () -> client.send(call, HttpResponse.BodyHandlers.discarding()));
        }
        // The client tries twice to connect; nothing was sent.
        assertEquals(
                List.of("begin GET /", "end GET / ConnectException"),
                woven.agent().events());
    }

    @Test
    void anAsynchronousCallIsLimitedAndSaysSo() {
        woven.agent().pull(facts -> assertTrue(facts.limit(1_500)));
        ExecutionException hangs = assertThrows(
                ExecutionException.class,
                () -> client.sendAsync(request("/hang").build(), HttpResponse.BodyHandlers.discarding())
                        .get(20, TimeUnit.SECONDS));
        assertInstanceOf(HttpTimeoutException.class, hangs.getCause());
        ExecutionException drips = assertThrows(
                ExecutionException.class,
                () -> client.sendAsync(request("/drip").build(), HttpResponse.BodyHandlers.ofString())
                        .get(20, TimeUnit.SECONDS));
        assertTrue(drips.getCause().getMessage().contains("deadline"), drips.toString());
    }

    @Test
    void aDenialForTimeIsATimeout() {
        woven.agent().deny(facts -> true);
        woven.agent().denyForTime();
        HttpRequest request = request("/").build();
        assertThrows(HttpTimeoutException.class, () -> client.send(request, HttpResponse.BodyHandlers.discarding()));
        ExecutionException failed = assertThrows(
                ExecutionException.class,
                () -> client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                        .get(20, TimeUnit.SECONDS));
        assertInstanceOf(HttpTimeoutException.class, failed.getCause());
    }

    @Test
    void whatTheClientRefusesIsRefusedAsEver() {
        assertThrows(NullPointerException.class, () -> client.send(null, HttpResponse.BodyHandlers.discarding()));
        assertThrows(NullPointerException.class, () -> client.sendAsync(null, HttpResponse.BodyHandlers.discarding()));
        assertThrows(NullPointerException.class, () -> client.send(request("/").build(), null));
        HttpRequest odd = own(request("/").build(), null);
        assertThrows(NullPointerException.class, () -> client.send(odd, HttpResponse.BodyHandlers.discarding()));
    }

    @Test
    void aRequestOfTheApplicationsOwnClassKeepsWhatNoBuilderTakes() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", "from-weir"));
        HttpRequest plain = request("/").build();
        assertEquals(
                "from-weir",
                client.send(own(plain, plain.uri()), HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    private static HttpRequest own(HttpRequest request, URI uri) {
        return new HttpRequest() {
            @Override
            public Optional<BodyPublisher> bodyPublisher() {
                return Optional.empty();
            }

            @Override
            public String method() {
                return "GET";
            }

            @Override
            public Optional<Duration> timeout() {
                return Optional.empty();
            }

            @Override
            public boolean expectContinue() {
                return false;
            }

            @Override
            public URI uri() {
                return uri;
            }

            @Override
            public Optional<HttpClient.Version> version() {
                return Optional.of(HttpClient.Version.HTTP_1_1);
            }

            @Override
            public HttpHeaders headers() {
                return request.headers();
            }
        };
    }

    @Test
    void callsInsideACallAreCallsOfTheirOwn() throws Exception {
        HttpRequest inner = request("/inner").build();
        HttpResponse<String> response = client.send(request("/outer").build(), info -> {
            // On a thread of the client.
            try {
                assertEquals(
                        200,
                        HttpClient.newHttpClient()
                                .send(inner, HttpResponse.BodyHandlers.discarding())
                                .statusCode());
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
        });
        assertEquals(200, response.statusCode());
        assertEquals(
                List.of("begin GET /outer", "begin GET /inner", "end GET /inner 200", "end GET /outer 200"),
                woven.agent().events());
    }

    @Test
    void streamsOfHttp2AreCalls() throws Exception {
        try (Http2Server http2 = new Http2Server()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(http2.url("/a"))).build();
            for (int i = 0; i < 2; i++) {
                HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
                assertEquals(HttpClient.Version.HTTP_2, response.version());
            }
            assertEquals(List.of("upgrade GET /a", "stream 3"), http2.seen());
        }
        assertEquals(
                List.of("begin GET /a", "end GET /a 200", "begin GET /a", "end GET /a 200"),
                woven.agent().events());
    }

    /** Older clients give such a request up. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    void aRepetitionAfterGoAwayIsCounted() throws Exception {
        try (Http2Server http2 = new Http2Server()) {
            HttpRequest get =
                    HttpRequest.newBuilder(URI.create(http2.url("/a"))).build();
            client.send(get, HttpResponse.BodyHandlers.discarding());
            http2.sendAwayTheNext();
            assertEquals(
                    200,
                    client.send(get, HttpResponse.BodyHandlers.discarding()).statusCode());
            assertEquals(List.of("upgrade GET /a", "stream 3", "upgrade GET /a"), http2.seen());
        }
        assertEquals(
                List.of("begin GET /a", "end GET /a 200", "begin GET /a", "resent GET /a", "end GET /a 200"),
                woven.agent().events());
    }
}
