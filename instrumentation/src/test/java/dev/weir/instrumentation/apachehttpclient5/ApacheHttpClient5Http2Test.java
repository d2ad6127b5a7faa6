package dev.weir.instrumentation.apachehttpclient5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.Woven;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.nio.AsyncRequestConsumer;
import org.apache.hc.core5.http.nio.AsyncServerRequestHandler;
import org.apache.hc.core5.http.nio.entity.StringAsyncEntityConsumer;
import org.apache.hc.core5.http.nio.support.AsyncResponseBuilder;
import org.apache.hc.core5.http.nio.support.BasicRequestConsumer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HTTP/2 without TLS, many streams on one connection. */
class ApacheHttpClient5Http2Test {

    @RegisterExtension
    final Woven woven = new Woven(new ApacheHttpClient5Instrumentation());

    private final CloseableHttpAsyncClient client = client();
    private final AtomicInteger received = new AtomicInteger();
    private HttpAsyncServer server;
    private String origin;

    CloseableHttpAsyncClient client() {
        return HttpAsyncClients.createHttp2Default();
    }

    /** Whether a body that is in memory can be looked at. */
    boolean hasReplayableBodies() {
        return true;
    }

    @BeforeEach
    @SuppressWarnings("deprecation") // the newer form is not there in 5.0
    void start() throws Exception {
        server = H2ServerBootstrap.bootstrap()
                .setCanonicalHostName("127.0.0.1")
                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_2)
                .register("*", new Echo())
                .create();
        server.start();
        InetSocketAddress address =
                (InetSocketAddress) server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .get(10, TimeUnit.SECONDS)
                        .getAddress();
        origin = "http://127.0.0.1:" + address.getPort();
        client.start();
    }

    @AfterEach
    void stop() {
        client.close(CloseMode.IMMEDIATE);
        server.close(CloseMode.IMMEDIATE);
    }

    /** Answers with the header {@code traceparent}; to {@code /hang}, never. */
    private final class Echo implements AsyncServerRequestHandler<Message<HttpRequest, String>> {

        @Override
        public AsyncRequestConsumer<Message<HttpRequest, String>> prepare(
                HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
            return new BasicRequestConsumer<>(entity == null ? null : new StringAsyncEntityConsumer());
        }

        @Override
        public void handle(Message<HttpRequest, String> message, ResponseTrigger trigger, HttpContext context)
                throws org.apache.hc.core5.http.HttpException, java.io.IOException {
            received.incrementAndGet();
            if (message.getHead().getPath().equals("/hang")) return;
            Header header = message.getHead().getFirstHeader("traceparent");
            trigger.submitResponse(
                    AsyncResponseBuilder.create(200)
                            .setEntity(header == null ? "none" : header.getValue())
                            .build(),
                    context);
        }
    }

    private Future<SimpleHttpResponse> send(String path) {
        SimpleHttpRequest request = new SimpleHttpRequest("POST", java.net.URI.create(origin + path));
        request.setBody("pay 10", ContentType.TEXT_PLAIN);
        return client.execute(request, null);
    }

    private static Throwable failureOf(Future<?> future) {
        return assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS))
                .getCause();
    }

    @Test
    @Tag("traced-async")
    @Tag("header")
    void concurrentStreamsAreCallsOfTheirOwn() throws Exception {
        List<byte[]> bodies = new ArrayList<>();
        woven.agent().pull(facts -> {
            bodies.add(((HttpFacts) facts).replayableBody(64));
            facts.setHeader("traceparent", ((HttpFacts) facts).path());
        });
        List<Future<SimpleHttpResponse>> running = new ArrayList<>();
        for (int i = 0; i < 32; i++) running.add(send("/a" + i));
        for (int i = 0; i < 32; i++)
            assertEquals("/a" + i, running.get(i).get(20, TimeUnit.SECONDS).getBodyText());
        woven.agent().awaitEnds(32);
        assertEquals(32, received.get());
        byte[] expected = hasReplayableBodies() ? "pay 10".getBytes(StandardCharsets.US_ASCII) : null;
        for (byte[] body : bodies) assertArrayEquals(expected, body);
    }

    @Test
    @Tag("timeout")
    void limitEndsOneStreamAndLeavesTheOthers() throws Exception {
        woven.agent().pull(facts -> {
            if (((HttpFacts) facts).path().equals("/hang")) facts.limit(200);
        });
        assertEquals("none", send("/a").get(20, TimeUnit.SECONDS).getBodyText());
        Throwable thrown = failureOf(send("/hang"));
        assertInstanceOf(SocketTimeoutException.class, thrown);
        assertTrue(String.valueOf(thrown.getMessage()).contains("deadline"), thrown.toString());
        assertEquals("none", send("/b").get(20, TimeUnit.SECONDS).getBodyText());
        woven.agent().awaitEnds(3);
    }

    @Test
    @Tag("denial")
    void deniedRequestNeverLeaves() {
        woven.agent().deny(facts -> true);
        Throwable thrown = failureOf(send("/a"));
        assertInstanceOf(RequestFailedException.class, thrown);
        assertEquals("denied by test", thrown.getMessage());
        assertEquals(0, received.get());
    }
}
