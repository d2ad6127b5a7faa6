package dev.weir.instrumentation.jettyclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.StreamServer;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** HTTP/2 without TLS, many streams on one connection. */
@SuppressWarnings("deprecation") // the newer forms are not there in 12.0.0
class JettyClientHttp2Test {

    @RegisterExtension
    final Woven woven = new Woven(new JettyClientInstrumentation());

    private final HttpClient client = new HttpClient(new HttpClientTransportOverHTTP2(new HTTP2Client()));
    private StreamServer server;

    @BeforeEach
    void start() throws Exception {
        server = StreamServer.start();
        client.start();
    }

    @AfterEach
    void stop() throws Exception {
        client.stop();
        server.close();
    }

    private CompletableFuture<String> send(String path) {
        CompletableFuture<String> future = new CompletableFuture<>();
        client.newRequest(server.url(path)).send(new BufferingResponseListener() {
            @Override
            public void onComplete(Result result) {
                if (result.isFailed()) future.completeExceptionally(result.getFailure());
                else future.complete(getContentAsString());
            }
        });
        return future;
    }

    @Test
    @Tag("header")
    void callsGoOverHttp2WithTheirHeaders() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", "from-weir"));
        ContentResponse response = client.newRequest(server.url("/a?b=c")).send();
        assertEquals(HttpVersion.HTTP_2, response.getVersion());
        assertEquals("from-weir", response.getContentAsString());
        assertEquals(
                List.of("begin GET /a?b=c", "end GET /a?b=c 200"), woven.agent().events());
    }

    @Test
    @Tag("concurrent")
    void streamsOfOneConnectionKeepApart() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).query() + ""));
        List<CompletableFuture<String>> running = new ArrayList<>();
        for (int i = 0; i < 64; i++) running.add(send("/a?n=" + i));
        for (int i = 0; i < 64; i++) {
            assertEquals("n=" + i, running.get(i).get(20, TimeUnit.SECONDS));
        }
        woven.agent().awaitEnds(64);
        assertEquals(64, server.received());
    }

    @Test
    @Tag("timeout")
    void limitEndsAStreamThatGetsNoAnswer() {
        woven.agent().pull(facts -> assertTrue(facts.limit(200)));
        TimeoutException thrown = assertThrows(
                TimeoutException.class,
                () -> client.newRequest(server.url("/hang")).send());
        assertTrue(thrown.getMessage().contains("deadline"), thrown::toString);
    }

    @Test
    @Tag("denial")
    void deniedCallOpensNoStream() {
        woven.agent().deny(facts -> true);
        ExecutionException thrown = assertThrows(
                ExecutionException.class,
                () -> client.newRequest(server.url("/a")).send());
        assertInstanceOf(IOException.class, thrown.getCause());
        assertEquals(0, server.received());
    }
}
