package dev.weir.instrumentation.jdkhttpclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.SelfSigned;
import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What levers set is on the wire, once, whatever the client makes of the request; the application sees none of it. */
@Timeout(60)
class JdkHttpClientHeadersTest {

    @RegisterExtension
    final Woven woven = new Woven(new JdkHttpClientInstrumentation());

    private static HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder().version(version).build();
    }

    private static final HttpClient HTTP_1 = client(HttpClient.Version.HTTP_1_1);

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url));
    }

    private static HttpResponse<Void> send(HttpClient client, HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.discarding());
    }

    private static WireServer answers200() throws IOException {
        return new WireServer((request, answer) -> answer.reply("200 OK", ""));
    }

    private void set(String... namesAndValues) {
        woven.agent().pull(facts -> {
            for (int i = 0; i < namesAndValues.length; i += 2) {
                assertTrue(facts.setHeader(namesAndValues[i], namesAndValues[i + 1]));
            }
        });
    }

    // ---- HTTP/1.1

    @Test
    void linesStandBesideTheClientsOwn() throws Exception {
        set("traceparent", "from-weir", "baggage", "a=1,b=2");
        try (WireServer server = new WireServer((request, answer) -> answer.reply("200 OK", request.text()))) {
            HttpRequest post = request(server.url("/a?b=c"))
                    .header("X-App", "1")
                    .header("x-app", "2")
                    .POST(HttpRequest.BodyPublishers.ofString("pay 10"))
                    .build();
            assertEquals(
                    "pay 10",
                    HTTP_1.send(post, HttpResponse.BodyHandlers.ofString()).body());
            Map<String, String> seen = server.requests().get(0).headers();
            assertEquals("from-weir", seen.get("traceparent"));
            assertEquals("a=1,b=2", seen.get("baggage"));
            assertEquals("1, 2", seen.get("X-App"));
            assertEquals("6", seen.get("Content-Length"));
            assertEquals("127.0.0.1:" + server.port(), seen.get("Host"));
        }
    }

    @Test
    void whatIsSetTwiceHasTheLastValue() throws Exception {
        set("traceparent", "first", "Traceparent", "last");
        try (WireServer server = answers200()) {
            send(HTTP_1, request(server.url("/")).build());
            assertEquals("last", server.requests().get(0).headers().get("traceparent"));
        }
    }

    /** A request that another agent gives headers to as soon as its own span has begun. */
    private static final class Traced extends HttpRequest {

        private final HttpRequest request;
        private boolean begun;

        Traced(HttpRequest request) {
            this.request = request;
        }

        @Override
        public HttpHeaders headers() {
            if (!begun) return request.headers();
            Map<String, List<String>> all = new HashMap<>(request.headers().map());
            all.put("TraceParent", List.of("from-another"));
            all.put("tracestate", List.of("another=1"));
            return HttpHeaders.of(all, (name, value) -> true);
        }

        @Override
        public Optional<BodyPublisher> bodyPublisher() {
            return request.bodyPublisher();
        }

        @Override
        public String method() {
            return request.method();
        }

        @Override
        public Optional<Duration> timeout() {
            return request.timeout();
        }

        @Override
        public boolean expectContinue() {
            return request.expectContinue();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public Optional<HttpClient.Version> version() {
            return request.version();
        }
    }

    @Test
    void whatAnotherAgentHasWrittenSinceStays() throws Exception {
        try (WireServer server = answers200()) {
            Traced request = new Traced(request(server.url("/")).build());
            woven.agent().pull(facts -> {
                assertNull(facts.header("traceparent"));
                facts.setHeader("traceparent", "from-weir");
                facts.setHeader("tracestate", "weir=1");
                facts.setHeader("baggage", "weir.op=1");
                request.begun = true;
            });
            send(HTTP_1, request);
            Map<String, String> seen = server.requests().get(0).headers();
            assertEquals("from-another", seen.get("traceparent"));
            assertEquals("another=1", seen.get("tracestate"));
            assertEquals("weir.op=1", seen.get("baggage"));
            HttpFacts facts = (HttpFacts) woven.agent().begun().get(0);
            assertEquals("from-another", facts.foreignTraceparent());
        }
    }

    @Test
    void aReplacedHeaderIsReplacedOnTheWireOnly() throws Exception {
        woven.agent().pull(facts -> {
            assertEquals("app=1", facts.header("baggage"));
            assertTrue(facts.setHeader("traceparent", "from-weir"));
            assertTrue(facts.replaceHeader("baggage", facts.header("baggage") + ",weir=2"));
            assertEquals("app=1,weir=2", facts.header("Baggage"));
        });
        try (WireServer server = answers200()) {
            HttpRequest request = request(server.url("/"))
                    .header("Baggage", "app=1")
                    .header("bag", "stays")
                    .build();
            HttpResponse<Void> response = send(HTTP_1, request);
            Map<String, String> seen = server.requests().get(0).headers();
            assertEquals("app=1,weir=2", seen.get("baggage"));
            assertEquals("stays", seen.get("bag"));
            assertEquals("from-weir", seen.get("traceparent"));
            assertEquals(List.of("app=1"), response.request().headers().allValues("baggage"));
            assertEquals(request.headers(), response.request().headers());
        }
    }

    @Test
    void theApplicationSeesItsOwnRequest() throws Exception {
        set("traceparent", "from-weir");
        try (WireServer server = answers200()) {
            HttpRequest request = request(server.url("/")).header("x-app", "1").build();
            HttpResponse<Void> response = send(HTTP_1, request);
            assertEquals(
                    Map.of("x-app", List.of("1")), response.request().headers().map());
            assertEquals(Map.of("x-app", List.of("1")), request.headers().map());
            assertEquals("from-weir", server.requests().get(0).headers().get("traceparent"));
        }
    }

    @Test
    void aValueThatWouldEndItsLineIsRefused() throws Exception {
        woven.agent().pull(facts -> {
            assertFalse(facts.setHeader("traceparent", "a\r\nx-evil: 1"));
            assertFalse(facts.replaceHeader("x-app", "a\nb"));
        });
        try (WireServer server = answers200()) {
            send(HTTP_1, request(server.url("/")).header("x-app", "own").build());
            Map<String, String> seen = server.requests().get(0).headers();
            assertEquals("own null null", seen.get("x-app") + " " + seen.get("traceparent") + " " + seen.get("x-evil"));
        }
    }

    @Test
    void aSilentRepetitionCarriesThemToo() throws Exception {
        set("traceparent", "from-weir");
        int[] count = new int[1];
        try (WireServer flaky = new WireServer((ignored, answer) -> {
            if (++count[0] == 2) answer.breakOff();
            else answer.reply("200 OK", "");
        })) {
            HttpRequest request = request(flaky.url("/pay")).build();
            send(HTTP_1, request);
            send(HTTP_1, request);
            assertEquals(3, flaky.requests().size());
            for (WireServer.Request seen : flaky.requests()) {
                assertEquals("from-weir", seen.headers().get("traceparent"));
            }
        }
    }

    @Test
    void aRedirectAndAChallengeCarryEachCallsOwn() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).path()));
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication("me", "pw".toCharArray());
                    }
                })
                .build();
        try (WireServer server = new WireServer((request, answer) -> {
            if (request.path().equals("/moved")) answer.reply("302 Found", "", "Location: /secret");
            else if (request.headers().containsKey("Authorization")) answer.reply("200 OK", "");
            else answer.reply("401 Unauthorized", "", "WWW-Authenticate: Basic realm=\"test\"");
        })) {
            HttpResponse<Void> response =
                    send(client, request(server.url("/moved")).build());
            assertNull(response.request().headers().map().get("traceparent"));
            List<String> onWire = new ArrayList<>();
            for (WireServer.Request seen : server.requests()) {
                onWire.add(seen.path() + " " + seen.headers().get("traceparent"));
            }
            assertEquals(List.of("/moved /moved", "/secret /secret", "/secret /secret"), onWire);
        }
    }

    @Test
    void callsThatAnotherCallCausesInTheClientDoNotGetItsHeaders() throws Exception {
        try (WireServer server = answers200();
                WireServer other = answers200()) {
            woven.agent().pull(facts -> facts.setHeader("traceparent", "from-weir"));
            HttpRequest inner = request(other.url("/proxy.pac")).build();
            ProxySelector selector = new ProxySelector() {
                @Override
                public List<Proxy> select(URI uri) {
                    try {
                        // On the thread of the call, while it is open.
                        send(HTTP_1, inner);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    return List.of(Proxy.NO_PROXY);
                }

                @Override
                public void connectFailed(URI uri, SocketAddress address, IOException cause) {}
            };
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .proxy(selector)
                    .build();
            send(client, request(server.url("/")).build());
            assertEquals("from-weir", server.requests().get(0).headers().get("traceparent"));
            assertNull(other.requests().get(0).headers().get("traceparent"));
        }
    }

    @Test
    void aTunnelThroughAProxyDoesNotCarryThem() throws Exception {
        set("traceparent", "from-weir");
        try (WireServer proxy = new WireServer((request, answer) -> answer.reply("403 Forbidden", ""))) {
            // On the thread of the call, as far as the client lets it.
            HttpClient client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .executor(Runnable::run)
                    .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", proxy.port())))
                    .build();
            HttpRequest request = request("https://tunnelled.example/").build();
            CompletableFuture<Integer> status = client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                    .thenApply(HttpResponse::statusCode);
            // Some releases answer with the proxy's reply, others fail.
            status.handle((code, thrown) -> code).get(20, TimeUnit.SECONDS);
            assertTrue(proxy.requests().get(0).line().startsWith("CONNECT tunnelled.example:443"));
            assertNull(proxy.requests().get(0).headers().get("traceparent"));
        }
    }

    // ---- HTTP/2

    private static List<String> values(List<String> headers, String name) {
        List<String> values = new ArrayList<>();
        for (String header : headers) {
            if (header.startsWith(name + ": ")) values.add(header.substring(name.length() + 2));
        }
        return values;
    }

    private void assertOnEveryRequest(Http2Server server, HttpClient client, int requests) throws Exception {
        woven.agent().pull(facts -> {
            assertTrue(facts.setHeader("traceparent", "from-weir"));
            assertTrue(facts.replaceHeader("X-App", "replaced"));
        });
        HttpRequest request = request(server.url("/a")).header("x-app", "own").build();
        for (int i = 0; i < requests; i++) {
            HttpResponse<Void> response = send(client, request);
            assertEquals(HttpClient.Version.HTTP_2, response.version());
            assertEquals(
                    Map.of("x-app", List.of("own")),
                    response.request().headers().map());
        }
        assertEquals(requests, server.headers().size());
        for (List<String> headers : server.headers()) {
            assertEquals(List.of("from-weir"), values(headers, "traceparent"), headers.toString());
            assertEquals(List.of("replaced"), values(headers, "x-app"), headers.toString());
            assertEquals(1, values(headers, "user-agent").size(), headers.toString());
        }
    }

    @Test
    void theUpgradeCarriesThemOnceAndSoDoesEachStreamAfterIt() throws Exception {
        try (Http2Server server = new Http2Server()) {
            assertOnEveryRequest(server, client(HttpClient.Version.HTTP_2), 3);
            assertEquals(List.of("upgrade GET /a", "stream 3", "stream 5"), server.seen());
        }
    }

    @Test
    void streamsOverTlsCarryThem(@TempDir Path folder) throws Exception {
        SSLContext tls = SelfSigned.tls(folder);
        try (Http2Server server = new Http2Server(tls)) {
            assertOnEveryRequest(server, HttpClient.newBuilder().sslContext(tls).build(), 2);
            assertEquals(List.of("stream 1", "stream 3"), server.seen());
        }
    }

    @Test
    void aServerThatDoesNotUpgradeGetsThemOnce() throws Exception {
        set("traceparent", "from-weir");
        try (WireServer server = answers200()) {
            HttpResponse<Void> response = send(
                    client(HttpClient.Version.HTTP_2), request(server.url("/")).build());
            assertEquals(HttpClient.Version.HTTP_1_1, response.version());
            Map<String, String> seen = server.requests().get(0).headers();
            assertEquals("h2c from-weir", seen.get("Upgrade") + " " + seen.get("traceparent"));
        }
    }
}
