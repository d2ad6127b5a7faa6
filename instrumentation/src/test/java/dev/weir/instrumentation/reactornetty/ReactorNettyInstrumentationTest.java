package dev.weir.instrumentation.reactornetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.CallFacts;
import dev.weir.bootstrap.DeadlineTimer;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.HttpClientContract;
import dev.weir.instrumentation.testing.WireServer;
import dev.weir.instrumentation.testing.Woven;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

class ReactorNettyInstrumentationTest extends HttpClientContract {

    @RegisterExtension
    final Woven woven = new Woven(new ReactorNettyInstrumentation());

    private final ConnectionProvider connections = ConnectionProvider.create("test", 200);
    private final HttpClient client = HttpClient.create(connections);

    @AfterEach
    void stop() {
        connections.dispose();
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
    protected Class<? extends Throwable> timeout() {
        return TimeoutException.class;
    }

    /** Before there is a connection nobody knows what the callback will send. */
    @Override
    protected boolean isWhole(CallFacts facts) {
        return ((HttpFacts) facts).bodyLength() >= 0 || facts.header("Transfer-Encoding") != null;
    }

    @Override
    protected Answer send(String method, URI uri, Map<String, String> headers, @Nullable String body) throws Exception {
        return block(exchange(client, method, uri, headers, body));
    }

    @Override
    protected CompletableFuture<Answer> sendAsync(
            String method, URI uri, Map<String, String> headers, @Nullable String body) {
        return exchange(client, method, uri, headers, body).toFuture();
    }

    @Override
    protected Answer sendOnce(URI uri, InputStream body) throws Exception {
        Flux<ByteBuf> chunks = Flux.generate(sink -> {
            try {
                int next = body.read();
                if (next < 0) sink.complete();
                else sink.next(Unpooled.wrappedBuffer(new byte[] {(byte) next}));
            } catch (IOException e) {
                sink.error(e);
            }
        });
        return block(answer(client.post().uri(uri.toString()).send(chunks)));
    }

    @Override
    protected Answer sendWithin(URI uri, long millis) throws Exception {
        return block(exchange(client.responseTimeout(Duration.ofMillis(millis)), "GET", uri, Map.of(), null));
    }

    private static Mono<Answer> exchange(
            HttpClient client, String method, URI uri, Map<String, String> headers, @Nullable String body) {
        HttpClient prepared = client.headers(all -> headers.forEach(all::set));
        HttpClient.RequestSender sender =
                prepared.request(HttpMethod.valueOf(method)).uri(uri.toString());
        return answer(body == null ? sender : sender.send(text(body)));
    }

    private static Mono<ByteBuf> text(String body) {
        return Mono.fromSupplier(() -> Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
    }

    private static Mono<Answer> answer(HttpClient.ResponseReceiver<?> receiver) {
        return receiver.responseSingle((response, content) -> content.asString()
                .defaultIfEmpty("")
                .map(text -> new Answer(response.status().code(), text)));
    }

    private static <T> T block(Mono<T> mono) throws Exception {
        try {
            T result = mono.block(Duration.ofSeconds(20));
            assertNotNull(result);
            return result;
        } catch (RuntimeException e) {
            if (Exceptions.unwrap(e) instanceof Exception cause) throw cause;
            throw e;
        }
    }

    // ---- what is special

    @Test
    @Tag("traced-async")
    void eachSubscriptionIsACall() throws Exception {
        Mono<Answer> mono = exchange(client, "GET", server().uri("/a"), Map.of(), null);
        assertEquals(List.of(), woven.agent().events());
        block(mono);
        block(mono);
        assertEquals(
                List.of("begin GET /a", "end GET /a 200", "begin GET /a", "end GET /a 200"),
                woven.agent().events());
    }

    @Test
    @Tag("traced-async")
    void callIsCausedByWhoSubscribes() throws Exception {
        Mono<Answer> mono = exchange(client, "GET", server().uri("/a"), Map.of(), null);
        Call scope = scope("who only assembles");
        Mono<Answer> assembled = mono.map(answer -> answer);
        Hooks.end(scope, 0, null);
        Call cause = scope("who subscribes");
        AtomicReference<Object> seen = new AtomicReference<>();
        Object inside = Hooks.capture();
        block(assembled.doOnNext(answer -> seen.set(Hooks.capture())));
        assertEquals(inside, seen.get());
        Hooks.end(cause, 0, null);
        assertEquals(List.of("TOOL"), woven.agent().parents(CallFacts.Kind.HTTP_CLIENT));
    }

    @Test
    @Tag("traced-async")
    void callOfTheApplicationsCallbackIsCausedByTheRequest() throws Exception {
        Call cause = scope("cause");
        Mono<Answer> inner = exchange(client, "GET", server().uri("/inner"), Map.of(), null);
        Answer answer = block(answer(client.post()
                .uri(server().uri("/echo-body").toString())
                .send((request, outbound) ->
                        outbound.send(inner.map(got -> Unpooled.copiedBuffer(got.body(), StandardCharsets.UTF_8))))));
        Hooks.end(cause, 0, null);
        assertEquals(new Answer(200, "ok"), answer);
        for (String parent : woven.agent().parents(CallFacts.Kind.HTTP_CLIENT)) assertEquals("TOOL", parent);
    }

    @Test
    @Tag("wire-attempts")
    void eachHopIsACall() throws Exception {
        Call cause = scope("cause");
        assertEquals(
                new Answer(200, "ok"),
                block(exchange(client.followRedirect(true), "GET", server().uri("/redirect/a?b=c"), Map.of(), null)));
        Hooks.end(cause, 0, null);
        assertEquals(
                List.of(
                        "begin TOOL",
                        "begin GET /redirect/a?b=c",
                        "end GET /redirect/a?b=c 302",
                        "begin GET /a",
                        "end GET /a 200",
                        "end TOOL"),
                woven.agent().events());
        assertEquals(List.of("TOOL", "TOOL"), woven.agent().parents(CallFacts.Kind.HTTP_CLIENT));
    }

    @Test
    @Tag("denial")
    void deniedHopFailsTheRequest() {
        woven.agent().deny(facts -> ((HttpFacts) facts).path().equals("/a"));
        IOException thrown = assertThrows(
                IOException.class,
                () -> block(exchange(
                        client.followRedirect(true), "POST", server().uri("/redirect/a"), Map.of(), "pay 10")));
        assertEquals("denied by test", thrown.getMessage());
        assertEquals(1, server().received());
    }

    /** The second judgement, which knows the body, may be another one. */
    @Test
    @Tag("denial")
    void requestThatIsRefusedWhenItsBodyIsKnownNeverLeaves() throws Exception {
        woven.agent().deny(facts -> ((HttpFacts) facts).bodyLength() == 6);
        for (HttpClient each : List.of(client, HttpClient.newConnection())) {
            Throwable thrown = assertThrows(
                    IOException.class, () -> block(exchange(each, "POST", server().uri("/a"), Map.of(), "pay 10")));
            assertEquals("denied by test", thrown.getMessage());
        }
        woven.agent().deny(facts -> "yes".equals(facts.header("X-Late")));
        for (HttpClient each : List.of(client, HttpClient.newConnection())) {
            Throwable thrown = assertThrows(
                    IOException.class,
                    () -> block(answer(
                            each.post().uri(server().uri("/a").toString()).send((request, outbound) -> {
                                request.header("X-Late", "yes");
                                return outbound.then();
                            }))));
            assertEquals("denied by test", thrown.getMessage());
            thrown = assertThrows(
                    IOException.class,
                    () -> block(answer(
                            each.post().uri(server().uri("/a").toString()).send((request, outbound) -> {
                                request.header("X-Late", "yes");
                                return Mono.empty();
                            }))));
            assertEquals("denied by test", thrown.getMessage());
        }
        assertEquals(0, server().received());
    }

    @Test
    @Tag("header")
    void headersOfTheCallbackAreFacts() throws Exception {
        List<String> seen = new ArrayList<>();
        woven.agent().pull(facts -> {
            if (facts.header("X-App") == null) return;
            seen.add(facts.header("X-App"));
            assertTrue(facts.setHeader("traceparent", "from-weir"));
        });
        assertEquals(
                new Answer(200, "from-weir"),
                block(answer(client.request(HttpMethod.GET)
                        .uri(server().uri("/echo/traceparent").toString())
                        .send((request, outbound) -> {
                            request.header("X-App", "mine");
                            return outbound;
                        }))));
        assertEquals(List.of("mine"), seen);
    }

    @Test
    @Tag("timeout")
    void limitCoversAStreamThatTheApplicationReadsSlowly() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.limit(2_000)));
        Throwable thrown = assertThrows(
                Throwable.class,
                () -> client.get()
                        .uri(server().uri("/drip").toString())
                        .responseContent()
                        .asString()
                        .limitRate(1)
                        .publishOn(Schedulers.parallel())
                        .blockLast(Duration.ofSeconds(20)));
        assertInstanceOf(timeout(), Exceptions.unwrap(thrown));
        woven.agent().awaitEnds(1);
        assertTrue(woven.agent().events().contains("end GET /drip 200"));
    }

    @Test
    @Tag("timeout")
    void requestWhoseLimitHasPassedBeforeItIsWrittenStaysBehind() throws Exception {
        assertEquals(new Answer(200, "ok"), send("GET", server().uri("/a"), Map.of(), null));
        AtomicReference<CallFacts> ahead = new AtomicReference<>();
        woven.agent().pull(facts -> {
            if (ahead.compareAndSet(null, facts)) assertTrue(facts.limit(300));
        });
        Throwable thrown = assertThrows(
                TimeoutException.class,
                () -> block(answer(client.request(HttpMethod.GET)
                        .uri(server().uri("/b").toString())
                        .send((request, outbound) -> {
                            while (!isLate(ahead.get())) Thread.onSpinWait();
                            return outbound;
                        }))));
        assertEquals(DeadlineTimer.PASSED, thrown.getMessage());
        woven.agent().awaitEnds(2);
        assertEquals(
                List.of("begin GET /a", "end GET /a 200", "begin GET /b", "end GET /b TimeoutException"),
                woven.agent().events());
        assertEquals(1, server().received());
    }

    // The adapter's classes have a loader of their own.
    private static boolean isLate(CallFacts facts) {
        try {
            Method exchange = facts.getClass().getDeclaredMethod("exchange");
            exchange.setAccessible(true);
            Object of = exchange.invoke(facts);
            Method late = of.getClass().getDeclaredMethod("late");
            late.setAccessible(true);
            return (boolean) late.invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Tag("traced-async")
    void cancellationEndsTheCall() throws Exception {
        Disposable subscription =
                exchange(client, "GET", server().uri("/hang"), Map.of(), null).subscribe();
        awaitReceived(1);
        subscription.dispose();
        woven.agent().awaitEnds(1);
        assertEquals(
                List.of("begin GET /hang", "end GET /hang CancellationException"),
                woven.agent().events());
    }

    @Test
    @Tag("traced-async")
    void cancellationEndsACallThatWaitsForAConnection() throws Exception {
        ConnectionProvider single = ConnectionProvider.create("single", 1);
        try {
            HttpClient one = HttpClient.create(single);
            Disposable first =
                    exchange(one, "GET", server().uri("/hang"), Map.of(), null).subscribe();
            awaitReceived(1);
            Disposable second =
                    exchange(one, "GET", server().uri("/waits"), Map.of(), null).subscribe();
            second.dispose();
            woven.agent().awaitEnds(1);
            assertTrue(woven.agent().events().contains("end GET /waits CancellationException"));
            first.dispose();
            woven.agent().awaitEnds(2);
        } finally {
            single.dispose();
        }
    }

    @Test
    @Tag("traced-async")
    void cancelledStreamLeavesNothingBehind() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.limit(20_000)));
        CountDownLatch some = new CountDownLatch(3);
        Disposable subscription = client.get()
                .uri(server().uri("/drip").toString())
                .responseContent()
                .asString()
                .subscribe(text -> some.countDown());
        assertTrue(some.await(20, TimeUnit.SECONDS));
        subscription.dispose();
        assertEquals(
                List.of("begin GET /drip", "end GET /drip 200"), woven.agent().events());
    }

    @Test
    @Tag("traced-async")
    void bodyArrivesInTheContextOfWhoSubscribed() throws Exception {
        Call cause = scope("cause");
        Object inside = Hooks.capture();
        List<Object> seen = Collections.synchronizedList(new ArrayList<>());
        client.get()
                .uri(server().uri("/drip").toString())
                .responseContent()
                .asString()
                .doOnNext(text -> seen.add(Hooks.capture() == null ? "nothing" : Hooks.capture()))
                .take(5)
                .blockLast(Duration.ofSeconds(20));
        Hooks.end(cause, 0, null);
        assertEquals(Collections.nCopies(5, inside), seen);
    }

    /** What a library repeats after the connection was reset under the request. */
    @Test
    @Tag("wire-attempts")
    void repetitionsAfterAResetAreCounted() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        WireServer.Script script = (request, answer) -> {
            if (posts.incrementAndGet() == 2) {
                answer.socket.setSoLinger(true, 0);
                answer.breakOff();
            } else {
                answer.reply("200 OK", "ok");
            }
        };
        try (WireServer resetting = new WireServer(script)) {
            URI uri = URI.create(resetting.url("/pay"));
            assertEquals(200, send("POST", uri, Map.of(), "pay 10").status());
            try {
                send("POST", uri, Map.of(), "pay 10");
            } catch (IOException e) {
                // Newer versions do not repeat what they have sent.
            }
            woven.agent().awaitEnds(2);
            assertEquals(posts.get(), begun() + resent(), woven.agent().events()::toString);
        }
    }

    @Test
    @Tag("traced-async")
    void resubscriptionAfterAFailureIsACallOfTheSameCause() throws Exception {
        Call cause = scope("cause");
        AtomicInteger tries = new AtomicInteger();
        Mono<Answer> flaky = Mono.defer(() -> exchange(
                        client,
                        "GET",
                        server().uri("/status/" + (tries.incrementAndGet() < 3 ? 503 : 200)),
                        Map.of(),
                        null))
                .flatMap(answer -> answer.status() == 503 ? Mono.error(new IOException("503")) : Mono.just(answer));
        assertEquals(200, block(flaky.retry(3)).status());
        Hooks.end(cause, 0, null);
        assertEquals(List.of("TOOL", "TOOL", "TOOL"), woven.agent().parents(CallFacts.Kind.HTTP_CLIENT));
        assertNull(Hooks.capture());
    }

    @Test
    @Tag("traced-async")
    void streamsOfOneHttp2ConnectionAreCalls() throws Exception {
        woven.agent().pull(facts -> assertTrue(facts.setHeader("traceparent", ((HttpFacts) facts).query() + "")));
        DisposableServer http2 = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .protocol(HttpProtocol.H2C)
                .handle((request, response) ->
                        response.sendString(Mono.just(request.requestHeaders().get("traceparent"))))
                .bindNow();
        try {
            HttpClient upgraded = client.protocol(HttpProtocol.H2C);
            List<CompletableFuture<Answer>> running = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                URI uri = URI.create("http://127.0.0.1:" + http2.port() + "/a?n=" + i);
                running.add(exchange(upgraded, i < 4 ? "GET" : "POST", uri, Map.of(), i < 4 ? null : "body")
                        .toFuture());
            }
            for (int i = 0; i < 8; i++) assertEquals(new Answer(200, "n=" + i), await(running.get(i)));
            woven.agent().awaitEnds(8);
            assertEquals(8, begun());
        } finally {
            http2.disposeNow();
        }
    }

    @Test
    @Tag("traced-async")
    void webSocketsWorkAsEver() throws Exception {
        DisposableServer echoing = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes ->
                        routes.ws("/ws", (in, out) -> out.send(in.receive().retain())))
                .bindNow();
        try {
            String answer = client.websocket()
                    .uri("ws://127.0.0.1:" + echoing.port() + "/ws")
                    .handle((in, out) -> out.sendString(Mono.just("hello"))
                            .then()
                            .thenMany(in.receive().asString().take(1)))
                    .blockLast(Duration.ofSeconds(20));
            assertEquals("hello", answer);
            woven.agent().awaitEnds(1);
            assertEquals(1, begun());
            assertTrue(
                    woven.agent().events().contains("end GET /ws 101"),
                    woven.agent().events()::toString);
        } finally {
            echoing.disposeNow();
        }
    }
}
