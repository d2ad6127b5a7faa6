package dev.weir.instrumentation.nettyhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.instrumentation.reactornetty.ReactorNettyInstrumentation;
import dev.weir.instrumentation.testing.PathServer;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.vertx.VertxHttpClientInstrumentation;
import dev.weir.instrumentation.vertx.VertxHttpServerInstrumentation;
import dev.weir.instrumentation.vertx.VertxInstrumentation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.netty.http.client.HttpClient;

/** What is followed above Netty's codec is not followed there once more. */
class LayersOnNettyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    final Woven woven = new Woven(
            new NettyHttpInstrumentation(),
            new ReactorNettyInstrumentation(),
            new VertxInstrumentation(),
            new VertxHttpClientInstrumentation(),
            new VertxHttpServerInstrumentation());

    private List<String> instrumentations() {
        return woven.agent().begun().stream()
                .map(facts -> facts.instrumentation())
                .toList();
    }

    @Test
    void reactorNettyIsOneCall() throws Exception {
        woven.agent().alsoFollow("reactor-netty");
        try (PathServer server = PathServer.start()) {
            HttpClient client = HttpClient.create();
            for (int i = 0; i < 2; i++) {
                int status = client.get()
                        .uri(server.uri("/ok").toString())
                        .responseSingle((response, body) -> body.asString()
                                .defaultIfEmpty("")
                                .thenReturn(response.status().code()))
                        .block(PATIENCE);
                assertEquals(200, status);
            }
        }
        woven.agent().awaitEnds(2);
        assertEquals(List.of("reactor-netty", "reactor-netty"), instrumentations());
    }

    @Test
    void vertxIsOneCallOnEachSide() throws Exception {
        woven.agent().alsoFollow("vertx-http-client");
        woven.agent().alsoFollow("vertx-http-server");
        Vertx vertx = Vertx.vertx();
        try {
            HttpServer server = await(vertx.createHttpServer()
                    .requestHandler(request -> request.response().end("done"))
                    .listen(0, "127.0.0.1"));
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        200,
                        await(vertx.createHttpClient()
                                        .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
                                        .compose(HttpClientRequest::send)
                                        .compose(response -> response.body().map(body -> response)))
                                .statusCode());
            }
        } finally {
            await(vertx.close());
        }
        woven.agent().awaitEnds(4);
        assertEquals(
                List.of("vertx-http-client", "vertx-http-client", "vertx-http-server", "vertx-http-server"),
                instrumentations().stream().sorted().toList());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
