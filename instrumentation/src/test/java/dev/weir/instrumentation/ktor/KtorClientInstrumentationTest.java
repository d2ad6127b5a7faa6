package dev.weir.instrumentation.ktor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.bootstrap.Call;
import dev.weir.bootstrap.Hooks;
import dev.weir.bootstrap.HttpFacts;
import dev.weir.instrumentation.testing.DroppingServer;
import dev.weir.instrumentation.testing.Woven;
import io.ktor.client.HttpClient;
import io.ktor.client.engine.HttpClientEngineFactory;
import io.ktor.client.engine.cio.CIO;
import io.ktor.client.engine.cio.CIOEngineConfig;
import io.ktor.client.plugins.websocket.DefaultClientWebSocketSession;
import io.ktor.client.plugins.websocket.WebSockets;
import io.ktor.client.request.HttpRequestBuilder;
import io.ktor.client.statement.HttpResponse;
import io.ktor.client.statement.HttpResponseKt;
import io.ktor.client.statement.HttpStatement;
import io.ktor.http.URLParserKt;
import io.ktor.websocket.Frame;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kotlin.Unit;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CompletableJob;
import kotlinx.coroutines.JobKt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ktor's own engine. */
class KtorClientInstrumentationTest extends KtorContract {

    @RegisterExtension
    final Woven woven = new Woven(new KtorClientInstrumentation());

    @Override
    protected Woven woven() {
        return woven;
    }

    @Override
    HttpClientEngineFactory<?> engine() {
        return CIO.INSTANCE;
    }

    private HttpClient pipelining() {
        return built(config -> config.engine(engine -> {
            ((CIOEngineConfig) engine).setPipelining(true);
            return Unit.INSTANCE;
        }));
    }

    @Test
    @Tag("wire-attempts")
    void everyHopOfARedirectIsACallOfTheSameCause() throws Exception {
        List<Object> causes = new ArrayList<>();
        woven.agent().pull(facts -> {
            if (!(facts instanceof HttpFacts)) return;
            causes.add(Hooks.capture());
            assertNull(facts.header("traceparent"));
            facts.setHeader("traceparent", ((HttpFacts) facts).path());
        });
        Call scope = scope("cause");
        Object cause = Hooks.capture();
        Answer answer;
        try {
            answer = send("GET", server().uri("/redirect/echo/traceparent"), Map.of(), null);
        } finally {
            Hooks.end(scope, 0, null);
        }
        assertEquals(new Answer(200, "/echo/traceparent"), answer);
        assertEquals(List.of(cause, cause), causes);
        assertEquals(2, server().received());
    }

    @Test
    @Tag("header")
    void applicationsRequestKeepsNoneOfOurHeaders() throws Exception {
        woven.agent().pull(facts -> {
            facts.setHeader("traceparent", "ours");
            facts.replaceHeader("X-App", "replaced");
        });
        HttpRequestBuilder request = request("GET", server().uri("/echo/x-app"), Map.of("X-App", "mine"), null);
        HttpStatement statement = new HttpStatement(request, client());
        HttpResponse response =
                BuildersKt.runBlocking(EmptyCoroutineContext.INSTANCE, (coroutine, next) -> statement.execute(next));
        assertEquals("mine", HttpResponseKt.getRequest(response).getHeaders().get("X-App"));
        assertNull(HttpResponseKt.getRequest(response).getHeaders().get("traceparent"));
        assertEquals("mine", request.getHeaders().get("X-App"));
        assertFalse(request.getHeaders().contains("traceparent"));
    }

    /** Up to 3.0 some pipelined requests never end, or fail, without Weir too. */
    private static boolean pipelinesWork() {
        return CIO.class.getResource("CioDnsResolverKt.class") != null;
    }

    @Test
    @Tag("traced-async")
    void pipelinedRequestsAreCalls() throws Exception {
        assumeTrue(pipelinesWork());
        HttpClient pipelining = pipelining();
        woven.agent().pull(facts -> facts.setHeader("traceparent", ((HttpFacts) facts).query()));
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(
                    sendAsync(pipelining, request("GET", server().uri("/echo/traceparent?n=" + i), Map.of(), null)));
        }
        for (int i = 0; i < 8; i++) assertEquals(new Answer(200, "n=" + i), await(answers.get(i)));
        woven.agent().awaitEnds(8);
        assertEquals(8, begun());
    }

    @Test
    @Tag("timeout")
    void limitEndsAPipelinedRequest() {
        HttpClient pipelining = pipelining();
        woven.agent().pull(facts -> facts.limit(200));
        for (String path : List.of("/hang", "/drip")) {
            Throwable thrown = assertThrows(
                    SocketTimeoutException.class,
                    () -> await(sendAsync(pipelining, request("GET", server().uri(path), Map.of(), null))));
            assertTrue(thrown.getMessage().contains("deadline"), thrown.toString());
        }
    }

    @Test
    @Tag("wire-attempts")
    void nothingIsRepeatedWhenAConnectionIsDroppedUnderAPipeline() throws Exception {
        HttpClient pipelining = pipelining();
        try (DroppingServer dropping = DroppingServer.start()) {
            HttpRequestBuilder request = request("POST", dropping.uri(), Map.of(), "pay 10");
            assertEquals(200, await(sendAsync(pipelining, request)).status());
            assertEquals(200, await(sendAsync(pipelining, request)).status());
            woven.agent().awaitEnds(2);
            assertEquals(dropping.posts(), begun(), woven.agent().events()::toString);
        }
    }

    @Test
    @Tag("traced-async")
    void cancelledCallEnds() throws Exception {
        CompletableJob job = JobKt.Job(null);
        HttpStatement statement = new HttpStatement(request("GET", server().uri("/hang"), Map.of(), null), client());
        CompletableFuture<HttpResponse> answer = Coroutine.start(job, statement::execute);
        awaitReceived(1);
        job.cancel(null);
        assertThrows(Exception.class, () -> await(answer));
        woven.agent().awaitEnds(1);
        assertTrue(
                woven.agent().events().get(1).matches("end GET /hang \\w*Cancel\\w*"),
                woven.agent().events()::toString);
    }

    @Test
    @Tag("traced-sync")
    void requestThatWasBuiltOnceIsCausedByEachOfItsCallers() throws Exception {
        List<Object> causes = new ArrayList<>();
        HttpRequestBuilder request = request("GET", server().uri("/a"), Map.of(), null);
        woven.agent().pull(facts -> causes.add(Hooks.capture()));
        Call scope = scope("cause");
        causes.clear();
        try {
            send(client(), request);
        } finally {
            Hooks.end(scope, 0, null);
        }
        send(client(), request);
        assertEquals(2, causes.size());
        assertNotNull(causes.get(0));
        assertNull(causes.get(1));
    }

    @Test
    @Tag("traced-async")
    void handshakeOfAWebSocketIsACallWithoutALimit() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            HttpServer echoing = vertx.createHttpServer()
                    .webSocketHandler(socket -> socket.writeTextMessage(
                            String.valueOf(socket.headers().get("traceparent"))))
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            HttpClient talking = built(config -> config.install(WebSockets.Plugin, settings -> Unit.INSTANCE));
            woven.agent().pull(facts -> {
                assertFalse(facts.limit(1));
                facts.setHeader("traceparent", "ours");
            });
            DefaultClientWebSocketSession session = BuildersKt.runBlocking(
                    EmptyCoroutineContext.INSTANCE,
                    (coroutine, next) -> io.ktor.client.plugins.websocket.BuildersKt.webSocketSession(
                            talking,
                            request -> {
                                URLParserKt.takeFrom(
                                        request.getUrl(), "ws://127.0.0.1:" + echoing.actualPort() + "/socket");
                                return Unit.INSTANCE;
                            },
                            next));
            Frame frame = BuildersKt.runBlocking(
                    EmptyCoroutineContext.INSTANCE,
                    (coroutine, next) -> session.getIncoming().receive(next));
            assertEquals("ours", new String(frame.getData(), StandardCharsets.UTF_8));
            assertEquals(
                    List.of("begin GET /socket", "end GET /socket 101"),
                    woven.agent().events());
            assertEquals("http", ((HttpFacts) woven.agent().begun().get(0)).scheme());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }
}
