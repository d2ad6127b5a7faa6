package dev.weir.instrumentation.nettyhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.testing.Woven;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Reactor Netty's server, on which WebFlux stands, over Netty's codec. */
@Timeout(60)
class ReactorNettyServerTest {

    @RegisterExtension
    final Woven woven = new Woven(new NettyHttpInstrumentation());

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Object> contexts = new CopyOnWriteArrayList<>();
    private DisposableServer server;

    @BeforeEach
    void start() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> {
                    note();
                    return request.receive()
                            .aggregate()
                            .asString()
                            .defaultIfEmpty("nothing")
                            .flatMap(body -> {
                                note();
                                return response.sendString(Mono.fromSupplier(() -> {
                                            note();
                                            return body;
                                        }))
                                        .then();
                            });
                })
                .bindNow();
    }

    @AfterEach
    void stop() {
        server.disposeNow();
    }

    private void note() {
        Object inside = Hooks.capture();
        contexts.add(inside == null ? "nothing" : inside);
    }

    private HttpResponse<String> post() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/a"))
                .POST(HttpRequest.BodyPublishers.ofString("pay 10"))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @Tag("served")
    void everythingRunsInTheContextOfTheRequest() throws Exception {
        woven.agent().whenReplying(facts -> assertTrue(facts.setResponseHeader("weir-attempts", "1/1/1")));
        HttpResponse<String> one = post();
        assertEquals("pay 10", one.body());
        assertEquals("1/1/1", one.headers().firstValue("weir-attempts").orElse(null));
        assertEquals("pay 10", post().body());
        woven.agent().awaitEnds(2);
        assertEquals(6, contexts.size());
        assertFalse(contexts.contains("nothing"));
        assertEquals(1, contexts.subList(0, 3).stream().distinct().count());
        assertEquals(2, contexts.stream().distinct().count());
        assertTrue(woven.agent().events().contains("end served POST /a 200"));
    }

    @Test
    @Tag("served")
    void deniedRequestNeverReachesTheApplication() throws Exception {
        woven.agent().deny(facts -> true);
        assertEquals(503, post().statusCode());
        assertEquals("denied by test\n", post().body());
        assertEquals(List.of(), contexts);
        woven.agent().deny(facts -> false);
        assertEquals(200, post().statusCode());
        woven.agent().awaitEnds(1);
    }
}
