package dev.weir.instrumentation.apachehttpclient5;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.StreamServer;
import dev.weir.instrumentation.testing.Woven;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.io.CloseMode;
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
    private StreamServer server;

    CloseableHttpAsyncClient client() {
        return HttpAsyncClients.createHttp2Default();
    }

    /** Whether a body that is in memory can be looked at. */
    boolean hasReplayableBodies() {
        return true;
    }

    @BeforeEach
    void start() throws Exception {
        server = StreamServer.start();
        client.start();
    }

    @AfterEach
    void stop() {
        client.close(CloseMode.IMMEDIATE);
        server.close();
    }

    private Future<SimpleHttpResponse> send(String path) {
        SimpleHttpRequest request = new SimpleHttpRequest("POST", java.net.URI.create(server.url(path)));
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
        assertEquals(32, server.received());
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
        assertEquals(0, server.received());
    }
}
