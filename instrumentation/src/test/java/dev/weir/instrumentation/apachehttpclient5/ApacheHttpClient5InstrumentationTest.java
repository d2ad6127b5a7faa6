package dev.weir.instrumentation.apachehttpclient5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.ChallengingServer;
import dev.weir.instrumentation.testing.PathServer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is special about HttpClient 5. */
class ApacheHttpClient5InstrumentationTest extends ApacheHttpClient5Contract {

    @Override
    protected boolean forgetsAtOnce() {
        return false;
    }

    private static final DefaultHttpRequestRetryStrategy AT_ONCE =
            new DefaultHttpRequestRetryStrategy(1, TimeValue.ofMilliseconds(1));

    // ---- what the library repeats

    @Test
    @Tag("wire-attempts")
    void everyRetryOfTheClassicClientIsACall() throws Exception {
        CloseableHttpClient retrying =
                closing(HttpClients.custom().setRetryStrategy(AT_ONCE).build());
        assertEquals(
                503,
                send(retrying, "POST", server().uri("/status/503"), Map.of(), new StringEntity("pay 10"))
                        .status());
        assertEquals(
                List.of(
                        "begin POST /status/503",
                        "end POST /status/503 503",
                        "begin POST /status/503",
                        "end POST /status/503 503"),
                woven.agent().events());
        assertEquals(2, server().received());
    }

    @Test
    @Tag("wire-attempts")
    void everyRetryOfTheAsynchronousClientIsACallOfTheSameCause() throws Exception {
        CloseableHttpAsyncClient retrying =
                started(HttpAsyncClients.custom().setRetryStrategy(AT_ONCE).build());
        List<Object> causes = new ArrayList<>();
        Call scope = scope("cause");
        woven.agent().pull(facts -> causes.add(Hooks.capture()));
        Object cause = Hooks.capture();
        CompletableFuture<Answer> answer;
        try {
            // 5.0 itself hangs when it repeats a body.
            answer = sendAsync(retrying, "GET", server().uri("/status/503"), Map.of(), null);
        } finally {
            Hooks.leave(scope);
        }
        assertEquals(503, await(answer).status());
        Hooks.end(scope, 0, null);
        assertEquals(2, causes.size());
        assertEquals(List.of(cause, cause), causes);
        assertEquals(2, server().received());
    }

    @Test
    @Tag("denial")
    void denialIsNotRetried() {
        CloseableHttpClient retrying =
                closing(HttpClients.custom().setRetryStrategy(AT_ONCE).build());
        CloseableHttpAsyncClient retryingAsync =
                started(HttpAsyncClients.custom().setRetryStrategy(AT_ONCE).build());
        List<Object> asked = new ArrayList<>();
        woven.agent().deny(facts -> asked.add(facts));
        assertThrows(RequestFailedException.class, () -> send(retrying, "GET", server().uri("/a"), Map.of(), null));
        assertEquals(1, asked.size());
        assertThrows(
                RequestFailedException.class,
                () -> await(sendAsync(retryingAsync, "GET", server().uri("/a"), Map.of(), null)));
        assertEquals(2, asked.size());
        assertEquals(0, server().received());
    }

    @Test
    @Tag("wire-attempts")
    void everyHopOfARedirectIsACall() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).path()));
        URI redirect = server().uri("/redirect/echo/traceparent");
        assertEquals(new Answer(200, "/echo/traceparent"), send("GET", redirect, Map.of(), null));
        assertEquals(new Answer(200, "/echo/traceparent"), await(sendAsync("GET", redirect, Map.of(), null)));
        List<String> once = List.of(
                "begin GET /redirect/echo/traceparent",
                "end GET /redirect/echo/traceparent 302",
                "begin GET /echo/traceparent",
                "end GET /echo/traceparent 200");
        List<String> twice = new ArrayList<>(once);
        twice.addAll(once);
        assertEquals(twice, woven.agent().events());
        assertEquals(4, server().received());
    }

    @Test
    @Tag("wire-attempts")
    void answerToAChallengeIsACall() throws Exception {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(
                new AuthScope(null, -1), new UsernamePasswordCredentials("weir", "secret".toCharArray()));
        CloseableHttpClient authenticating = closing(
                HttpClients.custom().setDefaultCredentialsProvider(credentials).build());
        CloseableHttpAsyncClient authenticatingAsync = started(HttpAsyncClients.custom()
                .setDefaultCredentialsProvider(credentials)
                .build());
        woven.agent().pull(facts -> {
            assertNull(facts.header("traceparent"));
            facts.setHeader("traceparent", "ours");
        });
        try (ChallengingServer challenging = ChallengingServer.start()) {
            URI uri = challenging.uri("/pay");
            assertEquals(
                    204,
                    send(authenticating, "POST", uri, Map.of(), new StringEntity("pay 10"))
                            .status());
            assertEquals(
                    204,
                    await(sendAsync(authenticatingAsync, "GET", uri, Map.of(), null))
                            .status());
            assertEquals(
                    List.of(
                            "begin POST /pay",
                            "end POST /pay 401",
                            "begin POST /pay",
                            "end POST /pay 204",
                            "begin GET /pay",
                            "end GET /pay 401",
                            "begin GET /pay",
                            "end GET /pay 204"),
                    woven.agent().events());
            assertEquals(4, challenging.received());
        }
    }

    @Test
    @Tag("denial")
    void hopOfARedirectCanBeRefused() {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/a"));
        URI redirect = server().uri("/redirect/a");
        assertEquals(
                "denied by test",
                assertThrows(IOException.class, () -> send("GET", redirect, Map.of(), null))
                        .getMessage());
        assertEquals(
                "denied by test",
                assertThrows(IOException.class, () -> await(sendAsync("GET", redirect, Map.of(), null)))
                        .getMessage());
        assertEquals(2, server().received());
    }

    @Test
    @Tag("wire-attempts")
    void whatAStepBelowTheConnectionRepeatsIsCounted() throws Exception {
        String wire = ChainElement.MAIN_TRANSPORT.name();
        CloseableHttpClient repeating = closing(HttpClients.custom()
                .disableAutomaticRetries()
                .addExecInterceptorBefore(wire, "twice", (request, scope, chain) -> {
                    ClassicHttpResponse first = chain.proceed(request, scope);
                    EntityUtils.consume(first.getEntity());
                    if (!scope.execRuntime.isEndpointAcquired())
                        scope.execRuntime.acquireEndpoint(scope.exchangeId, scope.route, null, scope.clientContext);
                    if (!scope.execRuntime.isEndpointConnected())
                        scope.execRuntime.connectEndpoint(scope.clientContext);
                    return chain.proceed(request, scope);
                })
                .build());
        woven.agent().pull(facts -> facts.setHeader("traceparent", "ours"));
        URI uri = server().uri("/echo/traceparent");
        assertEquals(new Answer(200, "ours"), send(repeating, "GET", uri, Map.of(), null));
        assertEquals(1, begun());
        assertEquals(1, resent());
        assertEquals(2, server().received());
        woven.agent().denyResend(facts -> true);
        assertEquals(
                "resend denied by test",
                assertThrows(IOException.class, () -> send(repeating, "GET", uri, Map.of(), null))
                        .getMessage());
        assertEquals(3, server().received());
    }

    // ---- headers

    @Test
    @Tag("header")
    void headerThatAnInterceptorSetsIsKept() throws Exception {
        HttpRequestInterceptor setting = (request, entity, context) -> request.setHeader("Idempotency-Key", "theirs");
        CloseableHttpClient intercepted =
                closing(HttpClients.custom().addRequestInterceptorLast(setting).build());
        CloseableHttpAsyncClient interceptedAsync = started(
                HttpAsyncClients.custom().addRequestInterceptorLast(setting).build());
        woven.agent().pull(facts -> {
            if (facts.header("Idempotency-Key") == null) facts.setHeader("Idempotency-Key", "ours");
        });
        URI uri = server().uri("/echo/idempotency-key");
        assertEquals(new Answer(200, "theirs"), send(intercepted, "POST", uri, Map.of(), new StringEntity("a")));
        assertEquals(new Answer(200, "theirs"), await(sendAsync(interceptedAsync, "POST", uri, Map.of(), "a")));
    }

    @Test
    @Tag("header")
    void applicationsRequestKeepsNoneOfOurHeaders() throws Exception {
        woven.agent().pull(facts -> {
            facts.setHeader("traceparent", "ours");
            facts.replaceHeader("X-App", "replaced");
        });
        for (CloseableHttpClient each : List.of(client, closing(HttpClients.createMinimal()))) {
            HttpGet request = new HttpGet(server().uri("/echo/x-app"));
            request.setHeader("X-App", "mine");
            assertEquals(
                    new Answer(200, "replaced"),
                    each.execute(request, HttpClientContext.create(), ApacheHttpClient5InstrumentationTest::answer));
            assertNull(request.getFirstHeader("traceparent"));
            assertEquals("mine", request.getFirstHeader("X-App").getValue());
            assertEquals(1, request.getHeaders("X-App").length);
        }
    }

    @Test
    @Tag("traced-sync")
    void clientWithoutAChainIsFollowed() throws Exception {
        CloseableHttpClient minimal = closing(HttpClients.createMinimal());
        woven.agent().pull(facts -> facts.limit(2_000));
        assertEquals(new Answer(200, "ok"), send(minimal, "GET", server().uri("/a?b=c"), Map.of(), null));
        assertThrows(SocketTimeoutException.class, () -> send(minimal, "GET", server().uri("/drip"), Map.of(), null));
        woven.agent().deny(facts -> true);
        assertThrows(RequestFailedException.class, () -> send(minimal, "GET", server().uri("/a"), Map.of(), null));
        assertEquals(
                List.of("begin GET /a?b=c", "end GET /a?b=c 200", "begin GET /drip", "end GET /drip 200"),
                woven.agent().events().subList(0, 4));
        assertEquals(2, server().received());
    }

    // ---- time, and what the application ends

    @Test
    @Tag("timeout")
    void limitEndsTheWaitForAConnection() throws Exception {
        PoolingHttpClientConnectionManager one = new PoolingHttpClientConnectionManager();
        one.setMaxTotal(1);
        CloseableHttpClient narrow =
                closing(HttpClients.custom().setConnectionManager(one).build());
        PoolingAsyncClientConnectionManager oneAsync = new PoolingAsyncClientConnectionManager();
        oneAsync.setMaxTotal(1);
        CloseableHttpAsyncClient narrowAsync =
                started(HttpAsyncClients.custom().setConnectionManager(oneAsync).build());
        woven.agent().pull(facts -> {
            if (((HttpFacts) facts).path().equals("/a")) facts.limit(200);
        });
        CompletableFuture<Answer> held = CompletableFuture.supplyAsync(() -> {
            try {
                return send(narrow, "GET", server().uri("/slow"), Map.of(), null);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        awaitReceived(1);
        assertLate(() -> send(narrow, "GET", server().uri("/a"), Map.of(), null));
        CompletableFuture<Answer> holding = sendAsync(narrowAsync, "GET", server().uri("/slow"), Map.of(), null);
        assertLate(() -> await(sendAsync(narrowAsync, "GET", server().uri("/a"), Map.of(), null)));
        server().release();
        assertEquals(200, await(held).status());
        assertEquals(200, await(holding).status());
        // The connection is free now, and goes to whom is still waiting.
        assertEquals(
                200,
                await(sendAsync(narrowAsync, "GET", server().uri("/b"), Map.of(), null))
                        .status());
        assertEquals(3, server().received());
    }

    @Test
    @Tag("timeout")
    void connectionSurvivesALimitThatIsNotReached() throws Exception {
        woven.agent().pull(facts -> facts.limit(20_000));
        PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
        CloseableHttpClient pooled =
                closing(HttpClients.custom().setConnectionManager(pool).build());
        for (int i = 0; i < 3; i++) send(pooled, "GET", server().uri("/a"), Map.of(), null);
        assertEquals(1, pool.getTotalStats().getAvailable());
        assertEquals(0, pool.getTotalStats().getLeased());
    }

    @Test
    @Tag("timeout")
    void connectionsAreGivenBackAfterALimit() throws Exception {
        woven.agent().pull(facts -> facts.limit(100));
        PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
        CloseableHttpClient pooled =
                closing(HttpClients.custom().setConnectionManager(pool).build());
        PoolingAsyncClientConnectionManager asyncPool = new PoolingAsyncClientConnectionManager();
        CloseableHttpAsyncClient pooledAsync = started(
                HttpAsyncClients.custom().setConnectionManager(asyncPool).build());
        for (String path : List.of("/hang", "/drip")) {
            assertThrows(SocketTimeoutException.class, () -> send(pooled, "GET", server().uri(path), Map.of(), null));
            assertThrows(
                    SocketTimeoutException.class,
                    () -> await(sendAsync(pooledAsync, "GET", server().uri(path), Map.of(), null)));
        }
        assertEquals(0, pool.getTotalStats().getLeased());
        // The application hears of it before the connection is given back.
        awaitTrue(() -> asyncPool.getTotalStats().getLeased() == 0, "a connection is still leased");
    }

    @Test
    @Tag("traced-sync")
    void abortedCallEnds() throws Exception {
        HttpGet request = new HttpGet(server().uri("/hang"));
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Thread sending = new Thread(() -> {
            try {
                answer.complete(client.execute(request, ApacheHttpClient5InstrumentationTest::answer));
            } catch (IOException e) {
                answer.completeExceptionally(e);
            }
        });
        sending.start();
        awaitReceived(1);
        request.cancel();
        assertInstanceOf(IOException.class, assertThrows(Exception.class, () -> await(answer)));
        sending.join();
        assertEquals(2, woven.agent().events().size());
        assertTrue(
                woven.agent().events().get(1).startsWith("end GET /hang "),
                woven.agent().events()::toString);
    }

    @Test
    @Tag("traced-async")
    void cancelledCallEnds() throws Exception {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Future<SimpleHttpResponse> future =
                asyncClient.execute(new SimpleHttpRequest("GET", server().uri("/hang")), into(answer));
        awaitReceived(1);
        assertTrue(future.cancel(true));
        assertTrue(answer.isCancelled());
        // Whether the exchange ends too is a race inside of HttpClient.
        server().release();
        woven.agent().awaitEnds(1);
        assertTrue(
                woven.agent().events().get(1).startsWith("end GET /hang "),
                woven.agent().events()::toString);
    }

    /** A body is read to its end when its response is closed. */
    @Test
    @Tag("timeout")
    void limitEndsTheCloseOfABodyThatNeverEnds() throws Exception {
        woven.agent().pull(facts -> facts.limit(200));
        try (ClassicHttpResponse response = client.execute(new HttpGet(server().uri("/drip")))) {
            assertEquals(200, response.getCode());
        } catch (IOException e) {
            assertInstanceOf(SocketTimeoutException.class, e);
        }
    }

    private static void assertLate(org.junit.jupiter.api.function.Executable call) {
        SocketTimeoutException thrown = assertThrows(SocketTimeoutException.class, call);
        assertTrue(thrown.getMessage().contains("deadline"), thrown.toString());
    }

    // ---- bodies, and who calls inside of calls

    @Test
    @Tag("body")
    void formIsReadWithoutConsumingIt() throws Exception {
        List<byte[]> seen = new ArrayList<>();
        woven.agent().pull(facts -> seen.add(((HttpFacts) facts).replayableBody(64)));
        HttpPost request = new HttpPost(server().uri("/echo-body"));
        request.setEntity(new UrlEncodedFormEntity(List.of(new BasicNameValuePair("amount", "10"))));
        assertEquals(
                new Answer(200, "amount=10"), client.execute(request, ApacheHttpClient5InstrumentationTest::answer));
        assertArrayEquals("amount=10".getBytes(java.nio.charset.StandardCharsets.US_ASCII), seen.get(0));
    }

    @Test
    @Tag("traced-sync")
    void requestOutOfAnInterceptorIsACallOfItsOwn() throws Exception {
        CloseableHttpClient asking = closing(HttpClients.custom()
                .addExecInterceptorBefore(ChainElement.MAIN_TRANSPORT.name(), "token", (request, scope, chain) -> {
                    request.setHeader(
                            "Authorization",
                            send("GET", server().uri("/token"), Map.of(), null).body());
                    return chain.proceed(request, scope);
                })
                .build());
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).path()));
        assertEquals(
                new Answer(200, "/echo/traceparent"),
                send(asking, "GET", server().uri("/echo/traceparent"), Map.of(), null));
        assertEquals(
                List.of(
                        "begin GET /echo/traceparent",
                        "begin GET /token",
                        "end GET /token 200",
                        "end GET /echo/traceparent 200"),
                woven.agent().events());
    }

    @Test
    @Tag("traced-sync")
    void requestThroughAProxyIsOneCall() throws Exception {
        try (PathServer proxy = PathServer.start()) {
            CloseableHttpClient proxied = closing(HttpClients.custom()
                    .setProxy(new org.apache.hc.core5.http.HttpHost(
                            "127.0.0.1", proxy.uri("/").getPort()))
                    .build());
            assertEquals(
                    new Answer(200, "ok"),
                    send(proxied, "GET", URI.create("http://example.invalid/a?b=c"), Map.of(), null));
            assertEquals(
                    List.of("begin GET /a?b=c", "end GET /a?b=c 200"),
                    woven.agent().events());
            HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
            assertEquals("example.invalid", facts.host());
            assertEquals(80, facts.port());
        }
    }
}
