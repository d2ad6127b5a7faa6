package dev.weir.instrumentation.vertx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Attachments;
import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.HttpClientContract;
import dev.weir.instrumentation.testing.Woven;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VertxHttpClientInstrumentationTest extends HttpClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new VertxHttpClientInstrumentation(), new VertxInstrumentation());

    private final Vertx vertx = Vertx.vertx();
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        client = client(new HttpClientOptions(), 100);
    }

    /** The method returns another type in Vert.x 5 than in 4. */
    private HttpClient client(HttpClientOptions options, int connections) throws Exception {
        return (HttpClient) Vertx.class
                .getMethod("createHttpClient", HttpClientOptions.class, PoolOptions.class)
                .invoke(vertx, options, new PoolOptions().setHttp1MaxSize(connections));
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return await(future.toCompletionStage().toCompletableFuture());
    }

    @Override
    protected boolean followsRedirects() {
        return false;
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected boolean hasBlockingForm() {
        return false;
    }

    @Override
    protected Class<? extends Throwable> timeout() {
        return TimeoutException.class;
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body) throws Exception {
        return await(sendAsync(method, uri, headers, body));
    }

    @Override
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        return completed(answer(client.request(options(method, uri, headers)), body));
    }

    private static RequestOptions options(String method, URI uri, Map<String, String> headers) {
        RequestOptions options =
                new RequestOptions().setMethod(HttpMethod.valueOf(method)).setAbsoluteURI(uri.toString());
        headers.forEach(options::putHeader);
        return options;
    }

    private static Future<Answer> answer(Future<HttpClientRequest> request, @Nullable String body) {
        return request.compose(open -> body == null ? open.send() : open.send(Buffer.buffer(body)))
                .compose(VertxHttpClientInstrumentationTest::answer);
    }

    private static Future<Answer> answer(HttpClientResponse response) {
        return response.body().map(body -> new Answer(response.statusCode(), body.toString()));
    }

    /** Not {@code toCompletionStage()}: its stages would carry the context by themselves. */
    private static <T> CompletableFuture<T> completed(Future<T> future) {
        CompletableFuture<T> completed = new CompletableFuture<>();
        future.onComplete(result -> {
            if (result.succeeded()) completed.complete(result.result());
            else completed.completeExceptionally(result.cause());
        });
        return completed;
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws Exception {
        return await(client.request(options("POST", uri, Map.of()))
                .compose(request -> {
                    request.setChunked(true);
                    try {
                        request.write(Buffer.buffer(body.readAllBytes()));
                    } catch (IOException e) {
                        return Future.failedFuture(e);
                    }
                    request.end();
                    return request.response();
                })
                .compose(VertxHttpClientInstrumentationTest::answer));
    }

    @Override
    protected Answer sendWithin(URI uri, long millis) throws Exception {
        return await(answer(client.request(options("GET", uri, Map.of()).setTimeout(millis)), null));
    }

    private Future<Answer> following(String path) {
        return answer(
                client.request(options("GET", server().uri(path), Map.of()).setFollowRedirects(true)), null);
    }

    @Test
    @Tag("wire-attempts")
    void everyHopOfARedirectIsACallOfTheSameCause() throws Exception {
        List<Object> causes = new CopyOnWriteArrayList<>();
        woven.agent().pull(facts -> {
            if (!(facts instanceof HttpFacts)) return;
            assertNull(facts.header("traceparent"));
            causes.add(String.valueOf(Hooks.capture()));
            facts.setHeader("traceparent", ((HttpFacts) facts).path());
        });
        Call scope = scope("cause");
        String cause = String.valueOf(Hooks.capture());
        Future<Answer> future;
        try {
            future = following("/redirect/echo/traceparent");
        } finally {
            Hooks.leave(scope);
        }
        assertEquals(new Answer(200, "/echo/traceparent"), await(future));
        Hooks.end(scope, 0, null);
        assertEquals(
                List.of(
                        "begin GET /redirect/echo/traceparent",
                        "end GET /redirect/echo/traceparent 302",
                        "begin GET /echo/traceparent",
                        "end GET /echo/traceparent 200"),
                woven.agent().events().stream()
                        .filter(event -> event.contains("GET"))
                        .toList());
        assertEquals(List.of(cause, cause), causes);
    }

    @Test
    @Tag("denial")
    void hopOfARedirectCanBeRefused() {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/a"));
        Throwable thrown = assertThrows(IOException.class, () -> await(following("/redirect/a")));
        assertEquals("denied by test", thrown.getMessage());
        assertEquals(1, server().received());
    }

    @Test
    @Tag("denial")
    void connectionOfADeniedRequestServesOthers() throws Exception {
        HttpClient one = client(new HttpClientOptions(), 1);
        for (int i = 0; i < 5; i++) {
            boolean deny = i % 2 == 0;
            woven.agent().deny(facts -> deny);
            Future<Answer> future = answer(one.request(options("POST", server().uri("/a"), Map.of())), "pay 10");
            if (deny) assertThrows(IOException.class, () -> await(future));
            else assertEquals(200, await(future).status());
        }
        assertEquals(2, server().received());
    }

    @Test
    @Tag("denial")
    void deniedRequestThatIsWrittenInPiecesIsDeniedOnce() throws Exception {
        woven.agent().deny(facts -> true);
        HttpClientRequest request = await(client.request(options("POST", server().uri("/a"), Map.of())));
        request.setChunked(true);
        assertThrows(IOException.class, () -> await(request.write(Buffer.buffer("pay"))));
        assertThrows(Exception.class, () -> await(request.end()));
        assertThrows(IOException.class, () -> await(request.response()));
        assertEquals(List.of("begin POST /a"), woven.agent().events());
        assertEquals(0, server().received());
    }

    @Test
    @Tag("traced-async")
    void webClientIsFollowed() throws Exception {
        woven.agent().pull(facts -> facts.setHeader("traceparent", "from-weir"));
        WebClient web = WebClient.wrap(client);
        URI uri = server().uri("/echo/traceparent");
        assertEquals("from-weir", await(web.getAbs(uri.toString()).send().map(response -> response.bodyAsString())));
        woven.agent().deny(facts -> true);
        assertThrows(IOException.class, () -> await(web.getAbs(uri.toString()).send()));
        assertEquals(1, server().received());
    }

    @Test
    @Tag("traced-async")
    void handlersOfTheBodyAreInsideWhatCausedTheCallAndNothingStays() throws Exception {
        List<String> strangers = new CopyOnWriteArrayList<>();
        CountDownLatch chunks = new CountDownLatch(3);
        CompletableFuture<Thread> loop = new CompletableFuture<>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Call scope = scope("cause");
        Object cause = Hooks.capture();
        try {
            client.request(options("GET", server().uri("/drip"), Map.of()))
                    .compose(HttpClientRequest::send)
                    .onSuccess(response -> {
                        if (Hooks.capture() != cause) strangers.add("response");
                        response.handler(chunk -> {
                            if (Hooks.capture() != cause) strangers.add("chunk");
                            chunks.countDown();
                        });
                        response.endHandler(end -> {
                            if (Hooks.capture() != cause) strangers.add("end");
                            loop.complete(Thread.currentThread());
                            ended.complete(null);
                        });
                    });
        } finally {
            Hooks.leave(scope);
        }
        assertTrue(chunks.await(20, TimeUnit.SECONDS));
        server().release();
        await(ended);
        Hooks.end(scope, 0, null);
        assertEquals(List.of(), strangers);
        List<Object> left = new CopyOnWriteArrayList<>();
        List<Future<?>> asked = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            asked.add(await(client.request(options("GET", server().uri("/a"), Map.of())))
                    .send()
                    .onComplete(result -> {
                        if (Hooks.capture() != null)
                            left.add(Thread.currentThread().getName());
                    }));
        }
        for (Future<?> each : asked) await(each);
        assertEquals(List.of(), left);
        woven.agent().awaitEnds(34);
    }

    @Test
    @Tag("concurrent")
    void http2StreamsKeepApart() throws Exception {
        HttpServer http2 = await(vertx.createHttpServer()
                .requestHandler(request -> {
                    if (request.path().equals("/hang")) return;
                    request.response().end(request.version() + " " + request.getHeader("traceparent"));
                })
                .listen(0, "127.0.0.1"));
        HttpClient streams = client(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false), 1);
        URI origin = URI.create("http://127.0.0.1:" + http2.actualPort());
        woven.agent().pull(facts -> {
            facts.setHeader("traceparent", ((HttpFacts) facts).query() + "");
            if (((HttpFacts) facts).path().equals("/hang")) facts.limit(200);
        });
        List<Future<Answer>> running = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            running.add(answer(streams.request(options("GET", origin.resolve("/a?n=" + i), Map.of())), null));
        }
        for (int i = 0; i < 64; i++) {
            assertEquals(new Answer(200, "HTTP_2 n=" + i), await(running.get(i)));
        }
        assertThrows(
                TimeoutException.class,
                () -> await(answer(streams.request(options("GET", origin.resolve("/hang"), Map.of())), null)));
        woven.agent().deny(facts -> true);
        Throwable denied = assertThrows(
                IOException.class,
                () -> await(answer(streams.request(options("POST", origin.resolve("/a"), Map.of())), "pay 10")));
        assertEquals("denied by test", denied.getMessage());
        woven.agent().awaitEnds(65);
    }

    @Test
    void callIsAttachedToItsChannelWhileItIsOpen() throws Exception {
        HttpClientRequest request = await(client.request(options("GET", server().uri("/slow"), Map.of())));
        Object channel = NettyChannels.of(request.connection());
        assertNotNull(channel);
        assertNull(Attachments.of(channel));
        Future<HttpClientResponse> response = request.send();
        assertNotNull(Attachments.of(channel));
        server().release();
        assertEquals(200, await(response).statusCode());
        assertNull(Attachments.of(channel));
    }

    @Test
    @Tag("header")
    void headersThatWereSetAreTakenBack() throws Exception {
        woven.agent().pull(facts -> {
            facts.setHeader("traceparent", "from-weir");
            facts.replaceHeader("X-App", "replaced");
        });
        HttpClientRequest request = await(client.request(options("GET", server().uri("/a"), Map.of("X-App", "mine"))));
        assertEquals(200, await(request.send()).statusCode());
        assertFalse(request.headers().contains("traceparent"));
        assertEquals("mine", request.headers().get("X-App"));
    }
}
