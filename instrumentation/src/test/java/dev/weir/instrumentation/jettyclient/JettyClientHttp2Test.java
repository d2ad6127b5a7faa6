package dev.weir.instrumentation.jettyclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.jspecify.annotations.Nullable;
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
    private final AtomicInteger received = new AtomicInteger();
    private HttpAsyncServer server;
    private String origin;

    @BeforeEach
    void start() throws Exception {
        server = H2ServerBootstrap.bootstrap()
                .setCanonicalHostName("127.0.0.1")
                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_2)
                .register("*", new EchoTraceparent())
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
    void stop() throws Exception {
        client.stop();
        server.close(CloseMode.IMMEDIATE);
    }

    /** Replies with the request's traceparent; {@code /hang}: never. */
    private final class EchoTraceparent implements AsyncServerRequestHandler<Message<HttpRequest, String>> {

        @Override
        public AsyncRequestConsumer<Message<HttpRequest, String>> prepare(
                HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
            return new BasicRequestConsumer<>(entity == null ? null : new StringAsyncEntityConsumer());
        }

        @Override
        public void handle(Message<HttpRequest, String> message, ResponseTrigger responseTrigger, HttpContext context)
                throws org.apache.hc.core5.http.HttpException, IOException {
            received.incrementAndGet();
            if (message.getHead().getPath().startsWith("/hang")) return;
            Header header = message.getHead().getFirstHeader("traceparent");
            responseTrigger.submitResponse(
                    AsyncResponseBuilder.create(200)
                            .setEntity(header == null ? "none" : header.getValue())
                            .build(),
                    context);
        }
    }

    private CompletableFuture<String> send(String path) {
        CompletableFuture<String> future = new CompletableFuture<>();
        client.newRequest(origin + path).send(new BufferingResponseListener() {
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
        ContentResponse response = client.newRequest(origin + "/a?b=c").send();
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
        assertEquals(64, received.get());
    }

    @Test
    @Tag("timeout")
    void limitEndsAStreamThatGetsNoAnswer() {
        woven.agent().pull(facts -> assertTrue(facts.limit(200)));
        TimeoutException thrown = assertThrows(
                TimeoutException.class,
                () -> client.newRequest(origin + "/hang").send());
        assertTrue(thrown.getMessage().contains("deadline"), thrown::toString);
    }

    @Test
    @Tag("denial")
    void deniedCallOpensNoStream() {
        woven.agent().deny(facts -> true);
        ExecutionException thrown = assertThrows(
                ExecutionException.class, () -> client.newRequest(origin + "/a").send());
        assertInstanceOf(IOException.class, thrown.getCause());
        assertEquals(0, received.get());
    }
}
