package dev.weir.instrumentation.jdkhttpclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the client sends by itself: repetitions, hops of redirects, answers to challenges. */
@Timeout(60)
class JdkHttpClientAttemptsTest {

    @RegisterExtension
    final Woven woven = new Woven(new JdkHttpClientInstrumentation());

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .build();
    private WireServer server;

    @BeforeEach
    void start() throws IOException {
        server = new WireServer(JdkHttpClientAttemptsTest::answer);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static void answer(WireServer.Request request, WireServer.Answer answer) throws Exception {
        String seen = request.headers().getOrDefault("traceparent", "none") + " " + request.text();
        switch (request.path()) {
            case "/secret" -> {
                if (request.headers().containsKey("Authorization")) answer.reply("200 OK", seen);
                else answer.reply("401 Unauthorized", "who?", "WWW-Authenticate: Basic realm=\"test\"");
            }
            case "/moved" -> answer.reply("302 Found", "", "Location: /here");
            case "/moved-for-good" -> answer.reply("308 Permanent Redirect", "", "Location: /here");
            case "/twice" -> answer.reply("307 Temporary Redirect", "", "Location: /moved");
            case "/to-secret" -> answer.reply("302 Found", "", "Location: /secret");
            case "/to-hang" -> answer.reply("302 Found", "", "Location: /hang");
            case "/hang" -> answer.awaitRelease();
            default -> answer.reply("200 OK", seen);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url(path)));
    }

    private String text(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private List<String> events() {
        return woven.agent().events();
    }

    private static List<String> hops(String... pathsAndStatus) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < pathsAndStatus.length; i += 2) {
            events.add("begin " + pathsAndStatus[i]);
            events.add("end " + pathsAndStatus[i] + " " + pathsAndStatus[i + 1]);
        }
        return events;
    }

    // ---- redirects

    @Test
    void eachHopOfARedirectIsACall() throws Exception {
        woven.agent().pull(facts -> {
            assertNull(facts.header("traceparent"));
            assertTrue(facts.setHeader("traceparent", ((HttpFacts) facts).path()));
        });
        assertEquals("/here ", text(request("/twice")));
        assertEquals(hops("GET /twice", "307", "GET /moved", "302", "GET /here", "200"), events());
        List<String> onWire = new ArrayList<>();
        for (WireServer.Request seen : server.requests()) {
            onWire.add(seen.path() + " " + seen.headers().get("traceparent"));
        }
        assertEquals(List.of("/twice /twice", "/moved /moved", "/here /here"), onWire);
    }

    @Test
    void eachHopOfAnAsynchronousCallIsACall() throws Exception {
        List<String> seen = client.sendAsync(request("/moved").build(), HttpResponse.BodyHandlers.discarding())
                .thenApply(response -> events())
                .get(20, TimeUnit.SECONDS);
        assertEquals(hops("GET /moved", "302", "GET /here", "200"), seen);
    }

    @Test
    void aHopIsInTheContextOfItsCall() throws Exception {
        Object run = "run";
        List<Object> contexts = new CopyOnWriteArrayList<>();
        woven.agent().pull(facts -> contexts.add(String.valueOf(Hooks.capture())));
        Object previous = Hooks.enter(run);
        try {
            text(request("/moved"));
        } finally {
            Hooks.exit(previous);
        }
        assertEquals(List.of("run", "run"), contexts);
    }

    @Test
    void headersOfALeverDoNotFollowARedirectToAnotherHost() throws Exception {
        try (WireServer other = new WireServer(JdkHttpClientAttemptsTest::answer);
                WireServer from = new WireServer((request, answer) ->
                        answer.reply("307 Temporary Redirect", "", "Location: " + other.url("/there")))) {
            woven.agent().pull(facts -> {
                if (((HttpFacts) facts).port() != from.port()) return;
                facts.setHeader("weir-op", "inside");
                facts.replaceHeader("x-app", "replaced");
            });
            HttpRequest request = HttpRequest.newBuilder(URI.create(from.url("/")))
                    .header("X-App", "own")
                    .build();
            client.send(request, HttpResponse.BodyHandlers.discarding());
            Map<String, String> first = from.requests().get(0).headers();
            Map<String, String> second = other.requests().get(0).headers();
            assertEquals("inside replaced", first.get("weir-op") + " " + first.get("x-app"));
            assertEquals("null own", second.get("weir-op") + " " + second.get("x-app"));
        }
    }

    @Test
    void aHopThatNobodyFollowsLosesTheHeadersToo() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("weir-op", "inside"));
        woven.agent().ignore(facts -> ((HttpFacts) facts).path().equals("/here"));
        text(request("/moved"));
        assertEquals(hops("GET /moved", "302"), events());
        assertNull(server.requests().get(1).headers().get("weir-op"));
    }

    @Test
    void aHopCanBeDenied() throws Exception {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/here"));
        IOException thrown = assertThrows(IOException.class, () -> text(request("/moved")));
        assertEquals("denied by test", thrown.getMessage());
        woven.agent().denyForTime();
        ExecutionException late = assertThrows(
                ExecutionException.class,
                () -> client.sendAsync(request("/moved").build(), HttpResponse.BodyHandlers.discarding())
                        .get(20, TimeUnit.SECONDS));
        assertInstanceOf(HttpTimeoutException.class, late.getCause());
        assertEquals(2, server.requests().size());
    }

    @Test
    void aHopKeepsABodyThatTheClientKeeps() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        woven.agent().pull(facts -> {
            byte[] body = ((HttpFacts) facts).replayableBody(100);
            seen.add(((HttpFacts) facts).method() + " " + (body == null ? "-" : new String(body)));
        });
        HttpRequest.BodyPublisher pay = HttpRequest.BodyPublishers.ofString("pay 10");
        assertEquals("none pay 10", text(request("/moved-for-good").POST(pay)));
        assertEquals("none ", text(request("/moved").POST(pay)));
        assertEquals(List.of("POST pay 10", "POST pay 10", "POST pay 10", "GET -"), seen);
    }

    @Test
    void aLimitIsOneForAllHops() throws Exception {
        woven.agent().pull(facts -> {
            if (((HttpFacts) facts).path().equals("/hang")) assertTrue(facts.limit(200));
        });
        assertThrows(HttpTimeoutException.class, () -> text(request("/to-hang")));
        assertEquals("end GET /hang HttpTimeoutException", events().get(3));
    }

    @Test
    void theRequestsOwnTimeoutStaysOnEachHop() throws Exception {
        assertThrows(HttpTimeoutException.class, () -> text(request("/to-hang").timeout(Duration.ofSeconds(2))));
        assertEquals(2_000, woven.agent().begun().get(1).callerTimeoutMillis());
    }

    @Test
    void aHopEndsWithTheExceptionOfItsCall() throws Exception {
        try (WireServer gone = new WireServer((request, answer) -> answer.breakOff());
                WireServer from = new WireServer(
                        (request, answer) -> answer.reply("302 Found", "", "Location: " + gone.url("/gone")))) {
            HttpRequest post = HttpRequest.newBuilder(URI.create(from.url("/"))).build();
            assertThrows(IOException.class, () -> client.send(post, HttpResponse.BodyHandlers.discarding()));
        }
        assertTrue(events().get(events().size() - 1).matches("end GET /gone \\w*Exception"), events().toString());
    }

    @Test
    void cancellingAFollowedRedirectEndsItsHop() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        woven.agent().pull(facts -> {
            if (((HttpFacts) facts).path().equals("/hang")) hanging.countDown();
        });
        CompletableFuture<HttpResponse<Void>> future =
                client.sendAsync(request("/to-hang").build(), HttpResponse.BodyHandlers.discarding());
        assertTrue(hanging.await(20, TimeUnit.SECONDS));
        future.cancel(true);
        woven.agent().awaitEnds(2);
        assertThrows(CancellationException.class, () -> future.get(20, TimeUnit.SECONDS));
    }

    // ---- challenges

    private static HttpClient authenticated() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication("me", "pw".toCharArray());
                    }
                })
                .build();
    }

    @Test
    void aChallengeIsNoRepetition() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", "from-weir"));
        HttpResponse<String> response =
                authenticated().send(request("/secret").build(), HttpResponse.BodyHandlers.ofString());
        assertEquals("200 from-weir ", response.statusCode() + " " + response.body());
        assertEquals(2, server.requests().size());
        assertEquals(hops("GET /secret", "200"), events());
    }

    @Test
    void aChallengeAfterARedirectKeepsTheHeadersOfItsHop() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).path()));
        assertEquals(
                "/secret ",
                authenticated()
                        .send(request("/to-secret").build(), HttpResponse.BodyHandlers.ofString())
                        .body());
        assertEquals(hops("GET /to-secret", "302", "GET /secret", "200"), events());
    }

    // ---- repetitions

    /** Keeps the connection after the first request, and breaks off when it has read the second. */
    private static WireServer breaksOffTheSecond() throws IOException {
        List<String> seen = new CopyOnWriteArrayList<>();
        return new WireServer((ignored, answer) -> {
            seen.add("");
            if (seen.size() == 2) answer.breakOff();
            else answer.reply("200 OK", "paid");
        });
    }

    @Test
    void aSilentRepetitionIsCounted() throws Exception {
        try (WireServer flaky = breaksOffTheSecond()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(flaky.url("/pay"))).build();
            client.send(request, HttpResponse.BodyHandlers.discarding());
            assertEquals(
                    200,
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
            assertEquals(3, flaky.requests().size());
        }
        assertEquals(
                List.of("begin GET /pay", "end GET /pay 200", "begin GET /pay", "resent GET /pay", "end GET /pay 200"),
                events());
    }

    @Test
    void aSilentRepetitionCanBeDenied() throws Exception {
        woven.agent().denyResend(facts -> true);
        try (WireServer flaky = breaksOffTheSecond()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(flaky.url("/pay"))).build();
            client.send(request, HttpResponse.BodyHandlers.discarding());
            ExecutionException thrown = assertThrows(
                    ExecutionException.class,
                    () -> client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                            .get(20, TimeUnit.SECONDS));
            assertEquals("resend denied by test", thrown.getCause().getMessage());
            assertEquals(2, flaky.requests().size());
        }
        assertEquals(5, events().size(), events().toString());
        assertTrue(events().get(4).startsWith("end GET /pay "), events().toString());
    }

    // ---- web sockets

    @Test
    void theHandshakeOfAWebSocketIsACallWithoutLevers() throws Exception {
        List<Boolean> levers = new CopyOnWriteArrayList<>();
        woven.agent().pull(facts -> {
            levers.add(facts.setHeader("traceparent", "from-weir"));
            levers.add(facts.limit(1));
        });
        WireServer.Script shakes = (request, answer) -> {
            String key = request.headers().get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(key.getBytes(StandardCharsets.US_ASCII));
            answer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n");
            answer.awaitRelease();
        };
        try (WireServer sockets = new WireServer(shakes)) {
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create(sockets.url("/ws").replace("http:", "ws:")), new WebSocket.Listener() {})
                    .get(20, TimeUnit.SECONDS);
            socket.abort();
            assertNull(sockets.requests().get(0).headers().get("traceparent"));
        }
        assertEquals(hops("GET /ws", "101"), events());
        assertEquals(List.of(false, false), levers);
    }
}
