package dev.weir.instrumentation.jettyclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.ChallengingServer;
import dev.weir.instrumentation.testing.HttpClientContract;
import dev.weir.instrumentation.testing.Woven;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.client.BasicAuthentication;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.CompletableResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.StringRequestContent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("deprecation") // what 12.0.0 has instead is not there in 12.1, or the other way round
class JettyClientInstrumentationTest extends HttpClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new JettyClientInstrumentation());

    private final HttpClient client = new HttpClient();

    @BeforeEach
    void start() throws Exception {
        client.start();
    }

    @AfterEach
    void stop() throws Exception {
        client.stop();
    }

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    protected Class<? extends Throwable> timeout() {
        return TimeoutException.class;
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body) throws Exception {
        return send(request(method, uri, headers, body));
    }

    private static Answer send(Request request) throws Exception {
        try {
            return answer(request.send());
        } catch (ExecutionException e) {
            // The blocking form wraps everything but timeouts.
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Override
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        return sendAsync(request(method, uri, headers, body));
    }

    private static CompletableFuture<Answer> sendAsync(Request request) {
        CompletableFuture<Answer> future = new CompletableFuture<>();
        request.send(new BufferingResponseListener() {
            @Override
            public void onComplete(Result result) {
                if (result.isFailed()) future.completeExceptionally(result.getFailure());
                else future.complete(new Answer(result.getResponse().getStatus(), getContentAsString()));
            }
        });
        return future;
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws Exception {
        return send(client.newRequest(uri).method("POST").body(new InputStreamRequestContent(body)));
    }

    @Override
    protected Answer sendWithin(URI uri, long millis) throws Exception {
        return send(client.newRequest(uri).timeout(millis, TimeUnit.MILLISECONDS));
    }

    private Request request(String method, URI uri, Map<String, String> headers, @Nullable String body) {
        Request request = client.newRequest(uri).method(method);
        headers.forEach((name, value) -> request.headers(fields -> fields.put(name, value)));
        if (body != null) request.body(new StringRequestContent(body));
        return request;
    }

    private static Answer answer(ContentResponse response) {
        return new Answer(response.getStatus(), response.getContentAsString());
    }

    @Test
    @Tag("wire-attempts")
    void everyHopOfARedirectIsACall() throws Exception {
        woven.agent().pull(facts -> {
            assertNull(facts.header("traceparent"));
            facts.setHeader("traceparent", ((HttpFacts) facts).path());
            facts.replaceHeader("X-App", ((HttpFacts) facts).header("X-App") + "+");
        });
        Map<String, String> headers = Map.of("X-App", "mine");
        assertEquals(
                new Answer(200, "/echo/traceparent"),
                send("GET", server().uri("/redirect/echo/traceparent"), headers, null));
        assertEquals(
                new Answer(200, "mine+"), await(sendAsync("GET", server().uri("/redirect/echo/x-app"), headers, null)));
        assertEquals(
                List.of(
                        "begin GET /redirect/echo/traceparent",
                        "end GET /redirect/echo/traceparent 302",
                        "begin GET /echo/traceparent",
                        "end GET /echo/traceparent 200"),
                woven.agent().events().subList(0, 4));
        assertEquals(4, server().received());
    }

    @Test
    @Tag("denial")
    void hopOfARedirectCanBeRefused() {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/a"));
        Throwable thrown =
                assertThrows(IOException.class, () -> send("GET", server().uri("/redirect/a"), Map.of(), null));
        assertEquals("denied by test", thrown.getMessage());
        assertEquals(1, server().received());
    }

    @Test
    @Tag("timeout")
    void limitOfAHopBeginsWithIt() throws Exception {
        woven.agent().pull(facts -> facts.limit(((HttpFacts) facts).path().equals("/hang") ? 200 : 20_000));
        assertThrows(TimeoutException.class, () -> send("GET", server().uri("/redirect/hang"), Map.of(), null));
        woven.agent().awaitEnds(2);
    }

    @Test
    @Tag("wire-attempts")
    void answerToAChallengeIsACall() throws Exception {
        try (ChallengingServer challenging = ChallengingServer.start()) {
            URI uri = challenging.uri("/");
            client.getAuthenticationStore().addAuthentication(new BasicAuthentication(uri, "weir", "weir", "secret"));
            assertEquals(204, send("GET", uri, Map.of(), null).status());
            assertEquals(
                    List.of("begin GET /", "end GET / 401", "begin GET /", "end GET / 204"),
                    woven.agent().events());
            assertEquals(2, challenging.received());
        }
    }

    @Test
    void blockingCallsWaitAndOthersDoNot() throws Exception {
        List<Boolean> waits = new ArrayList<>();
        woven.agent().pull(facts -> waits.add(facts.waits()));
        send("GET", server().uri("/a"), Map.of(), null);
        await(sendAsync("GET", server().uri("/a"), Map.of(), null));
        assertEquals(List.of(true, false), waits);
    }

    @Test
    @Tag("denial")
    void deniedCallTellsItsListenerAndThrowsNothing() {
        woven.agent().deny(facts -> true);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicReference<Throwable> complete = new AtomicReference<>();
        client.newRequest(server().uri("/a"))
                .onResponseFailure((response, thrown) -> failure.set(thrown))
                .send(result -> complete.set(result.getFailure()));
        assertEquals("denied by test", failure.get().getMessage());
        assertInstanceOf(IOException.class, complete.get());
        assertEquals(0, server().received());
    }

    @Test
    @Tag("traced-async")
    void streamedBodyIsACall() throws Exception {
        InputStreamResponseListener listener = new InputStreamResponseListener();
        client.newRequest(server().uri("/echo-body"))
                .method("POST")
                .body(new StringRequestContent("pay 10"))
                .send(listener);
        assertEquals(200, listener.get(20, TimeUnit.SECONDS).getStatus());
        try (InputStream body = listener.getInputStream()) {
            assertEquals("pay 10", new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
        woven.agent().awaitEnds(1);
        assertEquals(
                List.of("begin POST /echo-body", "end POST /echo-body 200"),
                woven.agent().events());
    }

    @Test
    @Tag("timeout")
    void limitEndsAStreamedBody() throws Exception {
        woven.agent().pull(facts -> facts.limit(2_000));
        InputStreamResponseListener listener = new InputStreamResponseListener();
        client.newRequest(server().uri("/drip")).send(listener);
        assertEquals(200, listener.get(20, TimeUnit.SECONDS).getStatus());
        try (InputStream body = listener.getInputStream()) {
            IOException thrown = assertThrows(IOException.class, body::readAllBytes);
            assertTrue(String.valueOf(thrown.getCause()).contains("deadline"), thrown::toString);
        }
        woven.agent().awaitEnds(1);
        assertEquals(
                "end GET /drip 200 TimeoutException", woven.agent().events().get(1));
    }

    @Test
    @Tag("traced-async")
    void everyListenerIsInsideWhatCausedTheCall() throws Exception {
        Call scope = scope("cause");
        Object cause = Hooks.capture();
        List<String> strangers = new CopyOnWriteArrayList<>();
        List<String> called = new CopyOnWriteArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch chunks = new CountDownLatch(3);
        java.util.function.Consumer<String> seen = name -> {
            called.add(name);
            if (Hooks.capture() != cause) strangers.add(name);
        };
        Request request = client.newRequest(server().uri("/drip"))
                .onResponseBegin(response -> seen.accept("begin"))
                .onResponseHeaders(response -> seen.accept("headers"))
                .onResponseContentAsync((response, chunk, demander) -> {
                    seen.accept("content");
                    chunks.countDown();
                    demander.run();
                });
        try {
            request.send(result -> {
                seen.accept("complete");
                done.countDown();
            });
        } finally {
            Hooks.leave(scope);
        }
        assertTrue(chunks.await(20, TimeUnit.SECONDS));
        server().release();
        assertTrue(done.await(20, TimeUnit.SECONDS));
        Hooks.end(scope, 0, null);
        woven.agent().awaitEnds(2);
        assertEquals(List.of(), strangers);
        assertEquals("complete", called.get(called.size() - 1));
    }

    @Test
    void nothingStaysOnThreadsThatServeOthers() throws Exception {
        Call scope = scope("cause");
        CompletableFuture<Answer> future;
        try {
            future = sendAsync("GET", server().uri("/a"), Map.of(), null);
        } finally {
            Hooks.leave(scope);
        }
        await(future);
        Hooks.end(scope, 0, null);
        List<Object> left = new CopyOnWriteArrayList<>();
        CountDownLatch asked = new CountDownLatch(64);
        for (int i = 0; i < 64; i++) {
            client.getExecutor().execute(() -> {
                Object context = Hooks.capture();
                if (context != null) left.add(context);
                asked.countDown();
            });
        }
        assertTrue(asked.await(20, TimeUnit.SECONDS));
        assertEquals(List.of(), left);
    }

    @Test
    @Tag("header")
    void headersThatWereSetAreTakenBack() throws Exception {
        woven.agent().pull(facts -> {
            facts.setHeader("traceparent", "from-weir");
            facts.replaceHeader("X-App", "replaced");
        });
        Request request = request("GET", server().uri("/a"), Map.of("X-App", "mine"), null);
        Response response = request.send();
        assertEquals(200, response.getStatus());
        assertFalse(request.getHeaders().contains("traceparent"));
        assertEquals("mine", request.getHeaders().get("X-App"));
    }

    /** The future of the newer versions; 12.0.0 has none. */
    @Test
    @Tag("traced-async")
    void completableListenerIsFollowed() throws Exception {
        assumeTrue(knows("org.eclipse.jetty.client.CompletableResponseListener"));
        assertEquals(
                "ok",
                await(new CompletableResponseListener(client.newRequest(server().uri("/a"))).send())
                        .getContentAsString());
        assertEquals(List.of("begin GET /a", "end GET /a 200"), woven.agent().events());
        CompletableFuture<ContentResponse> hanging =
                new CompletableResponseListener(client.newRequest(server().uri("/hang"))).send();
        hanging.cancel(true);
        woven.agent().awaitEnds(2);
        assertEquals(
                "end GET /hang CancellationException", woven.agent().events().get(3));
        woven.agent().deny(facts -> true);
        CompletableFuture<ContentResponse> denied =
                new CompletableResponseListener(client.newRequest(server().uri("/a"))).send();
        assertEquals(
                "denied by test",
                assertThrows(IOException.class, () -> await(denied)).getMessage());
    }

    private static boolean knows(String className) {
        try {
            Class.forName(className, false, HttpClient.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
