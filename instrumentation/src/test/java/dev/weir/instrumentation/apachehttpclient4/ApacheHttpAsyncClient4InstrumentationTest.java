package dev.weir.instrumentation.apachehttpclient4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.ChallengingServer;
import dev.weir.instrumentation.testing.HttpClientContract;
import dev.weir.instrumentation.testing.PathServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.HttpResponse;
import org.apache.http.ProtocolVersion;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.concurrent.FutureCallback;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.nio.client.CloseableHttpAsyncClient;
import org.apache.http.impl.nio.client.HttpAsyncClients;
import org.apache.http.impl.nio.conn.PoolingNHttpClientConnectionManager;
import org.apache.http.impl.nio.reactor.DefaultConnectingIOReactor;
import org.apache.http.nio.entity.NStringEntity;
import org.apache.http.util.EntityUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HttpAsyncClient 4. */
class ApacheHttpAsyncClient4InstrumentationTest extends HttpClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new ApacheHttpAsyncClient4Instrumentation());

    private final List<CloseableHttpAsyncClient> started = new ArrayList<>();
    private final CloseableHttpAsyncClient client = started(HttpAsyncClients.createDefault());

    private CloseableHttpAsyncClient started(CloseableHttpAsyncClient made) {
        made.start();
        started.add(made);
        return made;
    }

    @AfterEach
    void stop() throws IOException {
        for (CloseableHttpAsyncClient each : started) each.close();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected boolean hasBlockingForm() {
        return false;
    }

    private static HttpUriRequest request(
            String method, URI uri, Map<String, String> headers, @Nullable HttpEntity body) {
        HttpEntityEnclosingRequestBase request = new HttpEntityEnclosingRequestBase() {
            @Override
            public String getMethod() {
                return method;
            }
        };
        request.setURI(uri);
        headers.forEach(request::setHeader);
        request.setEntity(body);
        return request;
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body) {
        throw new AssertionError("there is no such form");
    }

    @Override
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        try {
            return sendAsync(client, request(method, uri, headers, body == null ? null : new NStringEntity(body)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static CompletableFuture<Answer> sendAsync(CloseableHttpAsyncClient client, HttpUriRequest request) {
        CompletableFuture<Answer> future = new CompletableFuture<>();
        client.execute(request, into(future));
        return future;
    }

    private static FutureCallback<HttpResponse> into(CompletableFuture<Answer> future) {
        return new FutureCallback<>() {
            @Override
            public void completed(HttpResponse response) {
                try {
                    HttpEntity entity = response.getEntity();
                    future.complete(new Answer(
                            response.getStatusLine().getStatusCode(),
                            entity == null ? "" : EntityUtils.toString(entity)));
                } catch (IOException e) {
                    future.completeExceptionally(e);
                }
            }

            @Override
            public void failed(Exception thrown) {
                future.completeExceptionally(thrown);
            }

            @Override
            public void cancelled() {
                future.cancel(false);
            }
        };
    }

    private CompletableFuture<Answer> get(CloseableHttpAsyncClient with, String path) {
        return sendAsync(with, new HttpGet(server().uri(path)));
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws Exception {
        return await(sendAsync(client, request("POST", uri, Map.of(), new InputStreamEntity(body, 6))));
    }

    @Override
    protected Answer sendWithin(URI uri, long millis) throws Exception {
        HttpGet request = new HttpGet(uri);
        request.setConfig(RequestConfig.custom().setSocketTimeout((int) millis).build());
        return await(sendAsync(client, request));
    }

    @Test
    @Tag("wire-attempts")
    void everyHopOfARedirectIsACallOfTheSameCause() throws Exception {
        List<Object> causes = new ArrayList<>();
        woven.agent().pull(facts -> {
            if (!(facts instanceof HttpFacts http)) return;
            causes.add(Hooks.capture());
            assertNull(facts.header("traceparent"));
            facts.setHeader("traceparent", http.path());
        });
        Call scope = scope("cause");
        Object cause = Hooks.capture();
        CompletableFuture<Answer> answer;
        try {
            answer = get(client, "/redirect/echo/traceparent");
        } finally {
            Hooks.leave(scope);
        }
        assertEquals(new Answer(200, "/echo/traceparent"), await(answer));
        Hooks.end(scope, 0, null);
        assertEquals(List.of(cause, cause), causes);
        assertEquals(2, server().received());
    }

    @Test
    @Tag("wire-attempts")
    void redirectToAnotherServerIsACallToIt() throws Exception {
        try (PathServer other = PathServer.start()) {
            // A path that begins with two slashes names a host.
            String elsewhere = "/redirect//" + other.uri("/").getAuthority() + "/a";
            assertEquals(new Answer(200, "ok"), await(get(client, elsewhere)));
            assertEquals(1, other.received());
            HttpFacts last = (HttpFacts) woven.agent().begun().get(1);
            assertEquals(other.uri("/").getPort(), last.port());
            assertEquals("/a", last.path());
        }
    }

    @Test
    @Tag("denial")
    void hopOfARedirectCanBeRefused() {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/a"));
        IOException thrown = assertThrows(IOException.class, () -> await(get(client, "/redirect/a")));
        assertEquals("denied by test", thrown.getMessage());
        assertEquals(1, server().received());
    }

    @Test
    @Tag("wire-attempts")
    void answerToAChallengeIsACall() throws Exception {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(AuthScope.ANY, new UsernamePasswordCredentials("weir", "secret"));
        CloseableHttpAsyncClient authenticating = started(HttpAsyncClients.custom()
                .setDefaultCredentialsProvider(credentials)
                .build());
        woven.agent().pull(facts -> {
            assertNull(facts.header("traceparent"));
            facts.setHeader("traceparent", "ours");
        });
        try (ChallengingServer challenging = ChallengingServer.start()) {
            HttpUriRequest post = request("POST", challenging.uri("/pay"), Map.of(), new NStringEntity("pay 10"));
            assertEquals(204, await(sendAsync(authenticating, post)).status());
            assertEquals(
                    List.of("begin POST /pay", "end POST /pay 401", "begin POST /pay", "end POST /pay 204"),
                    woven.agent().events());
            assertFalse(post.containsHeader("traceparent"));
        }
    }

    @Test
    @Tag("traced-async")
    void clientWithoutAChainIsFollowed() throws Exception {
        CloseableHttpAsyncClient minimal = started(HttpAsyncClients.createMinimal());
        woven.agent().pull(facts -> {
            facts.limit(400);
            facts.setHeader("traceparent", "ours");
        });
        assertEquals(new Answer(200, "ours"), await(get(minimal, "/echo/traceparent")));
        assertThrows(SocketTimeoutException.class, () -> await(get(minimal, "/drip")));
        assertEquals(302, await(get(minimal, "/redirect/a")).status());
        woven.agent().deny(facts -> true);
        assertEquals(
                "denied by test",
                assertThrows(IOException.class, () -> await(get(minimal, "/a"))).getMessage());
        assertEquals(3, server().received());
    }

    @Test
    @Tag("timeout")
    void limitEndsTheWaitForAConnection() throws Exception {
        PoolingNHttpClientConnectionManager one =
                new PoolingNHttpClientConnectionManager(new DefaultConnectingIOReactor());
        one.setMaxTotal(1);
        CloseableHttpAsyncClient narrow =
                started(HttpAsyncClients.custom().setConnectionManager(one).build());
        woven.agent().pull(facts -> {
            if (((HttpFacts) facts).path().equals("/a")) facts.limit(200);
        });
        CompletableFuture<Answer> holding = get(narrow, "/slow");
        awaitReceived(1);
        SocketTimeoutException thrown = assertThrows(SocketTimeoutException.class, () -> await(get(narrow, "/a")));
        assertTrue(thrown.getMessage().contains("deadline"), thrown.toString());
        server().release();
        assertEquals(200, await(holding).status());
        // The connection is free now, and goes to whom is still waiting.
        assertEquals(200, await(get(narrow, "/b")).status());
        assertEquals(2, server().received());
    }

    @Test
    @Tag("timeout")
    void connectionsAreGivenBackAfterALimit() throws Exception {
        PoolingNHttpClientConnectionManager pool =
                new PoolingNHttpClientConnectionManager(new DefaultConnectingIOReactor());
        CloseableHttpAsyncClient pooled =
                started(HttpAsyncClients.custom().setConnectionManager(pool).build());
        woven.agent().pull(facts -> facts.limit(100));
        for (String path : List.of("/hang", "/drip")) {
            assertThrows(SocketTimeoutException.class, () -> await(get(pooled, path)));
        }
        awaitTrue(() -> pool.getTotalStats().getLeased() == 0, "connections are leased");
        woven.agent().pull(facts -> facts.limit(20_000));
        for (int i = 0; i < 3; i++) await(get(pooled, "/a"));
        awaitTrue(() -> pool.getTotalStats().getAvailable() == 1, "the connection is not kept");
    }

    /** In 4.1 the application's future stands by itself: a request goes on whose future was cancelled. */
    private static boolean cancelReachesExchanges() {
        String wrapper = "org/apache/http/impl/nio/client/FutureWrapper.class";
        return HttpAsyncClients.class.getClassLoader().getResource(wrapper) != null;
    }

    @Test
    @Tag("traced-async")
    void cancelledCallEnds() throws Exception {
        assumeTrue(cancelReachesExchanges());
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Future<HttpResponse> future = client.execute(new HttpGet(server().uri("/hang")), into(answer));
        awaitReceived(1);
        future.cancel(true);
        woven.agent().awaitEnds(1);
        assertEquals(
                List.of("begin GET /hang", "end GET /hang CancellationException"),
                woven.agent().events());
    }

    @Test
    @Tag("traced-async")
    void requestThroughAProxyIsOneCall() throws Exception {
        try (PathServer proxy = PathServer.start()) {
            CloseableHttpAsyncClient proxied = started(HttpAsyncClients.custom()
                    .setProxy(new HttpHost("127.0.0.1", proxy.uri("/").getPort()))
                    .build());
            HttpGet request = new HttpGet(URI.create("http://example.invalid/a?b=c"));
            request.setProtocolVersion(new ProtocolVersion("HTTP", 1, 1));
            assertEquals(new Answer(200, "ok"), await(sendAsync(proxied, request)));
            assertEquals(
                    List.of("begin GET /a?b=c", "end GET /a?b=c 200"),
                    woven.agent().events());
            assertEquals("example.invalid", ((HttpFacts) woven.agent().begun().get(0)).host());
        }
    }
}
