package dev.weir.instrumentation.nettyhttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.bootstrap.Hooks;
import dev.weir.instrumentation.reactor.ReactorInstrumentation;
import dev.weir.instrumentation.testing.Woven;
import dev.weir.instrumentation.threads.ThreadsInstrumentation;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Spring WebFlux over Reactor Netty: what handles a request is in its context, on each thread that it takes. */
@Timeout(60)
class WebFluxServerTest {

    @RegisterExtension
    final Woven woven =
            new Woven(new NettyHttpInstrumentation(), new ReactorInstrumentation(), new ThreadsInstrumentation());

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Object> contexts = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private DisposableServer server;

    @BeforeEach
    void start() {
        // Threads of old versions of Netty.
        woven.expectFailures(failure -> failure.startsWith("io.netty.") && failure.endsWith("older than Java 7"));
        var routes = RouterFunctions.route()
                .POST("/pay/{id}", request -> {
                    note();
                    return request.bodyToMono(String.class)
                            .publishOn(Schedulers.boundedElastic())
                            .flatMap(body -> {
                                note();
                                return ServerResponse.ok().bodyValue(request.pathVariable("id") + " " + body);
                            });
                })
                .GET("/paid", request -> Mono.error(new ResponseStatusException(HttpStatus.CONFLICT)))
                .build();
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(routes)))
                .bindNow();
    }

    @AfterEach
    void stop() {
        server.disposeNow();
    }

    private void note() {
        Object inside = Hooks.capture();
        contexts.add(inside == null ? "nothing" : inside);
        threads.add(Thread.currentThread());
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(request.uri(uri).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> pay(int id) throws Exception {
        return send(HttpRequest.newBuilder().POST(BodyPublishers.ofString("ten")), "/pay/" + id);
    }

    @Test
    @Tag("served")
    void handlersAreInTheContextOfTheirRequest() throws Exception {
        woven.agent().whenReplying(facts -> assertTrue(facts.setResponseHeader("weir-attempts", "1/1/1")));
        HttpResponse<String> seventh = pay(7);
        assertEquals("7 ten", seventh.body());
        assertEquals("1/1/1", seventh.headers().firstValue("weir-attempts").orElse(null));
        assertEquals("8 ten", pay(8).body());
        woven.agent().awaitEnds(2);
        assertFalse(contexts.contains("nothing"));
        assertEquals(contexts.get(0), contexts.get(1));
        assertNotEquals(threads.get(0), threads.get(1));
        assertEquals(contexts.get(2), contexts.get(3));
        assertNotEquals(contexts.get(0), contexts.get(2));
        assertTrue(woven.agent().events().contains("end served POST /pay/7 200"));
    }

    /** The second one waits in Reactor Netty for the first one's answer. */
    @Test
    @Tag("served")
    void requestsInAPipelineAreEachInTheirContext() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            OutputStream out = socket.getOutputStream();
            String request = "POST /pay/%d HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nten";
            out.write((request.formatted(7) + request.formatted(8)).getBytes(StandardCharsets.US_ASCII));
            woven.agent().awaitEnds(2);
        }
        assertEquals(4, contexts.size());
        assertFalse(contexts.contains("nothing"), contexts::toString);
        assertEquals(contexts.get(0), contexts.get(1));
        assertEquals(contexts.get(2), contexts.get(3));
        assertNotEquals(contexts.get(0), contexts.get(2));
        assertEquals(
                List.of("end served POST /pay/7 200", "end served POST /pay/8 200"),
                woven.agent().events().stream()
                        .filter(event -> event.startsWith("end"))
                        .toList());
    }

    @Test
    @Tag("served")
    void whatAHandlerFailsWithIsTheStatus() throws Exception {
        assertEquals(409, send(HttpRequest.newBuilder(), "/paid").statusCode());
        woven.agent().awaitEnds(1);
        assertTrue(woven.agent().events().contains("end served GET /paid 409"));
    }

    @Test
    @Tag("served")
    void deniedRequestsReachNoHandler() throws Exception {
        woven.agent().deny(facts -> true);
        assertEquals(503, pay(7).statusCode());
        assertEquals(List.of(), contexts);
    }
}
