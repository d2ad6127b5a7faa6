package dev.weir.instrumentation.apachehttpclient4;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.ChallengingServer;
import dev.weir.instrumentation.testing.HttpClientContract;
import dev.weir.instrumentation.testing.PathServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.HttpResponse;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.ServiceUnavailableRetryStrategy;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.entity.UrlEncodedFormEntity;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.entity.ContentType;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.DefaultHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.impl.execchain.RequestAbortedException;
import org.apache.http.message.BasicNameValuePair;
import org.apache.http.protocol.HttpContext;
import org.apache.http.util.EntityUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

class ApacheHttpClient4InstrumentationTest extends HttpClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new ApacheHttpClient4Instrumentation());

    private final List<CloseableHttpClient> built = new ArrayList<>();
    private final CloseableHttpClient client = closing(HttpClients.createDefault());

    private CloseableHttpClient closing(CloseableHttpClient client) {
        built.add(client);
        return client;
    }

    @AfterEach
    void stop() throws IOException {
        for (CloseableHttpClient each : built) each.close();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected boolean hasAsynchronousForm() {
        return false;
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body)
            throws IOException {
        return send(client, request(method, uri, headers, body == null ? null : entity(body)));
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws IOException {
        return send(client, request("POST", uri, Map.of(), new InputStreamEntity(body, 6, ContentType.TEXT_PLAIN)));
    }

    /** The time in which the next byte has to come. */
    @Override
    protected Answer sendWithin(URI uri, long millis) throws IOException {
        HttpGet request = new HttpGet(uri);
        request.setConfig(RequestConfig.custom().setSocketTimeout((int) millis).build());
        return send(client, request);
    }

    private static HttpUriRequest request(
            String method, URI uri, Map<String, String> headers, @Nullable HttpEntity entity) {
        RequestBuilder request = RequestBuilder.create(method).setUri(uri).setEntity(entity);
        headers.forEach(request::setHeader);
        return request.build();
    }

    private HttpUriRequest get(String path) {
        return request("GET", server().uri(path), Map.of(), null);
    }

    private static StringEntity entity(String body) {
        return new StringEntity(body, ContentType.TEXT_PLAIN);
    }

    private static Answer send(CloseableHttpClient client, HttpUriRequest request) throws IOException {
        try (CloseableHttpResponse response = client.execute(request)) {
            HttpEntity entity = response.getEntity();
            return new Answer(
                    response.getStatusLine().getStatusCode(), entity == null ? "" : EntityUtils.toString(entity));
        }
    }

    // ---- what the library repeats

    @Test
    @Tag("wire-attempts")
    void everyRetryAfterALostConnectionIsACall() {
        CloseableHttpClient retrying = closing(HttpClients.custom()
                .setRetryHandler((thrown, count, context) -> count < 3)
                .build());
        woven.agent().pull(facts -> facts.limit(20_000));
        assertThrows(
                IOException.class,
                () -> send(retrying, request("GET", URI.create("http://127.0.0.1:1/a"), Map.of(), null)));
        assertEquals(3, begun());
        assertEquals(0, resent());
    }

    @Test
    @Tag("wire-attempts")
    void everyRetryOfAnUnavailableServiceIsACall() throws Exception {
        CloseableHttpClient retrying = closing(HttpClients.custom()
                .setServiceUnavailableRetryStrategy(new ServiceUnavailableRetryStrategy() {
                    @Override
                    public boolean retryRequest(HttpResponse response, int count, HttpContext context) {
                        return count < 3 && response.getStatusLine().getStatusCode() == 503;
                    }

                    @Override
                    public long getRetryInterval() {
                        return 1;
                    }
                })
                .build());
        woven.agent().pull(facts -> facts.setHeader("traceparent", "ours"));
        assertEquals(
                503,
                send(retrying, request("POST", server().uri("/status/503"), Map.of(), entity("pay 10")))
                        .status());
        assertEquals(3, begun());
        assertEquals(0, resent());
        assertEquals(3, server().received());
    }

    @Test
    @Tag("denial")
    void denialIsNotRetried() {
        List<Object> asked = new ArrayList<>();
        woven.agent().deny(facts -> asked.add(facts));
        assertThrows(RequestAbortedException.class, () -> send(client, get("/a")));
        assertEquals(1, asked.size());
    }

    @Test
    @Tag("wire-attempts")
    void everyHopOfARedirectIsACall() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).path()));
        assertEquals(new Answer(200, "/echo/traceparent"), send(client, get("/redirect/echo/traceparent")));
        assertEquals(
                List.of(
                        "begin GET /redirect/echo/traceparent",
                        "end GET /redirect/echo/traceparent 302",
                        "begin GET /echo/traceparent",
                        "end GET /echo/traceparent 200"),
                woven.agent().events());
        assertEquals(2, server().received());
    }

    @Test
    @Tag("wire-attempts")
    void answerToAChallengeIsACall() throws Exception {
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(AuthScope.ANY, new UsernamePasswordCredentials("weir", "secret"));
        CloseableHttpClient authenticating = closing(
                HttpClients.custom().setDefaultCredentialsProvider(credentials).build());
        try (ChallengingServer challenging = ChallengingServer.start()) {
            HttpUriRequest request = request("POST", challenging.uri("/pay"), Map.of(), entity("pay 10"));
            assertEquals(204, send(authenticating, request).status());
            assertEquals(
                    List.of("begin POST /pay", "end POST /pay 401", "begin POST /pay", "end POST /pay 204"),
                    woven.agent().events());
            assertEquals(2, challenging.received());
            List<Object> asked = new ArrayList<>();
            woven.agent().deny(facts -> asked.add(facts) && asked.size() == 2);
            assertThrows(RequestAbortedException.class, () -> send(authenticating, request));
            assertEquals(3, challenging.received());
        }
    }

    // ---- headers, and clients of another make

    @Test
    @Tag("header")
    void headerThatAnInterceptorSetsIsKept() throws Exception {
        CloseableHttpClient intercepted = closing(HttpClients.custom()
                .addInterceptorLast((org.apache.http.HttpRequest request, HttpContext context) ->
                        request.setHeader("Idempotency-Key", "theirs"))
                .build());
        woven.agent().pull(facts -> {
            if (facts.header("Idempotency-Key") == null) facts.setHeader("Idempotency-Key", "ours");
        });
        assertEquals(new Answer(200, "theirs"), send(intercepted, get("/echo/idempotency-key")));
    }

    @Test
    @Tag("traced-sync")
    @SuppressWarnings("deprecation") // old, and still used
    void clientsOfAnotherMakeAreFollowed() throws Exception {
        for (CloseableHttpClient each :
                List.of(closing(HttpClients.createMinimal()), closing(new DefaultHttpClient()))) {
            woven.agent().deny(facts -> false);
            woven.agent().pull(facts -> {
                facts.limit(2_000);
                facts.setHeader("traceparent", "ours");
            });
            HttpUriRequest request = get("/echo/traceparent");
            assertEquals(new Answer(200, "ours"), send(each, request));
            assertNull(request.getFirstHeader("traceparent"));
            assertLate(() -> send(each, get("/drip")));
            woven.agent().deny(facts -> true);
            assertThrows(RequestAbortedException.class, () -> send(each, get("/a")));
        }
        List<String> once = List.of(
                "begin GET /echo/traceparent", "end GET /echo/traceparent 200", "begin GET /drip", "end GET /drip 200");
        List<String> twice = new ArrayList<>(once);
        twice.addAll(once);
        assertEquals(
                twice,
                woven.agent().events().stream()
                        .filter(event -> !event.equals("begin GET /a"))
                        .toList());
        assertEquals(4, server().received());
    }

    @Test
    @Tag("traced-sync")
    void requestThroughAProxyIsOneCall() throws Exception {
        try (PathServer proxy = PathServer.start()) {
            CloseableHttpClient proxied = closing(HttpClients.custom()
                    .setProxy(new HttpHost("127.0.0.1", proxy.uri("/").getPort()))
                    .build());
            assertEquals(
                    new Answer(200, "ok"),
                    send(proxied, request("GET", URI.create("http://example.invalid/a?b=c"), Map.of(), null)));
            assertEquals(
                    List.of("begin GET /a?b=c", "end GET /a?b=c 200"),
                    woven.agent().events());
            HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
            assertEquals("example.invalid", facts.host());
            assertEquals(80, facts.port());
        }
    }

    // ---- time, and what the application ends

    @Test
    @Tag("timeout")
    void limitEndsTheWaitForAConnection() throws Exception {
        PoolingHttpClientConnectionManager one = new PoolingHttpClientConnectionManager();
        one.setMaxTotal(1);
        CloseableHttpClient narrow =
                closing(HttpClients.custom().setConnectionManager(one).build());
        woven.agent().pull(facts -> {
            if (((HttpFacts) facts).path().equals("/a")) facts.limit(200);
        });
        CompletableFuture<Answer> held = inBackground(narrow, get("/slow"));
        awaitReceived(1);
        assertLate(() -> send(narrow, get("/a")));
        assertFalse(Thread.currentThread().isInterrupted());
        server().release();
        assertEquals(200, await(held).status());
        assertEquals(1, server().received());
    }

    @Test
    @Tag("timeout")
    void connectionsAreGivenBack() throws Exception {
        PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
        CloseableHttpClient pooled =
                closing(HttpClients.custom().setConnectionManager(pool).build());
        woven.agent().pull(facts -> facts.limit(20_000));
        for (int i = 0; i < 3; i++) send(pooled, get("/a"));
        assertEquals(1, pool.getTotalStats().getAvailable());
        woven.agent().pull(facts -> facts.limit(100));
        for (String path : List.of("/hang", "/drip")) assertLate(() -> send(pooled, get(path)));
        // The thread that cuts a body off gives its connection back after that.
        awaitTrue(() -> pool.getTotalStats().getLeased() == 0, "connections are leased");
    }

    @Test
    @Tag("traced-sync")
    void abortedCallEnds() throws Exception {
        HttpUriRequest request = get("/hang");
        CompletableFuture<Answer> answer = inBackground(client, request);
        awaitReceived(1);
        request.abort();
        assertInstanceOf(UncheckedIOException.class, assertThrows(Exception.class, () -> await(answer)));
        assertEquals(2, woven.agent().events().size());
        assertTrue(
                woven.agent().events().get(1).startsWith("end GET /hang "),
                woven.agent().events()::toString);
    }

    private static CompletableFuture<Answer> inBackground(CloseableHttpClient client, HttpUriRequest request) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return send(client, request);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void assertLate(Executable call) {
        SocketTimeoutException thrown = assertThrows(SocketTimeoutException.class, call);
        assertTrue(thrown.getMessage().contains("deadline"), thrown.toString());
    }

    @Test
    @Tag("body")
    void formIsReadWithoutConsumingIt() throws Exception {
        List<byte[]> seen = new ArrayList<>();
        woven.agent().pull(facts -> seen.add(((HttpFacts) facts).replayableBody(64)));
        HttpEntity form = new UrlEncodedFormEntity(List.of(new BasicNameValuePair("amount", "10")));
        assertEquals(
                new Answer(200, "amount=10"),
                send(client, request("POST", server().uri("/echo-body"), Map.of(), form)));
        assertArrayEquals("amount=10".getBytes(StandardCharsets.US_ASCII), seen.get(0));
    }
}
